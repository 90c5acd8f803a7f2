/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How jobs tell their owner that they are done, while the owner may already be gone. Thread: any. */
#pragma once
#include <pthread.h>
#include <stdatomic.h>

typedef struct Mailbox {
    _Atomic int refs;
    pthread_mutex_t lock;
    void (*wake)(void *ctx); /* NULL when the owner is gone; guarded by lock */
    void *ctx;
} Mailbox;

Mailbox *mailbox_new(void (*wake)(void *ctx), void *ctx); /* NULL: no memory */
Mailbox *mailbox_ref(Mailbox *mailbox);
void mailbox_unref(Mailbox *mailbox);
void mailbox_wake(Mailbox *mailbox);
/* The owner's last call but for unref: wake is not called any more when this returns. */
void mailbox_close(Mailbox *mailbox);
