/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mailbox.h"

#include "sono_mem.h"

Mailbox *mailbox_new(void (*wake)(void *ctx), void *ctx)
{
    Mailbox *m = sono_calloc(1, sizeof *m);
    if (m) {
        atomic_init(&m->refs, 1);
        (void)pthread_mutex_init(&m->lock, NULL); /* cannot fail with default attributes on Linux */
        m->wake = wake;
        m->ctx = ctx;
    }
    return m;
}

Mailbox *mailbox_ref(Mailbox *m)
{
    (void)atomic_fetch_add_explicit(&m->refs, 1, memory_order_relaxed);
    return m;
}

void mailbox_unref(Mailbox *m)
{
    if (m && atomic_fetch_sub_explicit(&m->refs, 1, memory_order_acq_rel) == 1) {
        (void)pthread_mutex_destroy(&m->lock);
        sono_free(m);
    }
}

void mailbox_wake(Mailbox *m)
{
    (void)pthread_mutex_lock(&m->lock);
    if (m->wake) {
        m->wake(m->ctx);
    }
    (void)pthread_mutex_unlock(&m->lock);
}

void mailbox_close(Mailbox *m)
{
    (void)pthread_mutex_lock(&m->lock);
    m->wake = NULL;
    (void)pthread_mutex_unlock(&m->lock);
}
