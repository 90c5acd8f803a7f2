/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SonoOutput inside: what the callers and the helper thread (output_worker.c) share. */
#pragma once
#include <limits.h>
#include <pthread.h>

#include "play_ring.h"
#include "sono_output.h"

/* A ring and who has it mapped: the output while the stream runs, the feeder until it lets go. */
typedef struct OutputRing {
    PlayRing *map;
    uint64_t bytes;
    uint32_t epoch;
    int refs;
    struct OutputRing *next;
} OutputRing;

struct SonoOutput {
    pthread_mutex_t call_lock; /* held while changed runs, and to take it away; never together with lock */
    void (*changed)(void *ctx);
    void *ctx;
    int wake_fd;          /* an eventfd: the wish has changed */
    pthread_mutex_t lock; /* everything below; held for moments only */
    pthread_cond_t worker_gone;
    SonoOutputWish wish;
    char program[PATH_MAX]; /* the wish's, kept; empty: none */
    uint32_t wish_serial;
    bool wanted, quit, has_worker, has_owner;
    SonoOutputState state; /* the counters live in the ring while it runs */
    OutputRing *current;   /* of the running stream */
    OutputRing *rings;     /* all that are still mapped */
};

void *sono_output_worker(void *ctx); /* the helper thread */
/* Without the lock. */
void sono_output_destroy(SonoOutput *output);
/* With the lock: drops one reference; what it returns is to be given to play_ring_unmap without the lock. */
OutputRing *sono_output_unref_ring(SonoOutput *output, OutputRing *ring);
void sono_output_unmap_ring(OutputRing *ring); /* NULL is fine */
/* With the lock. */
void sono_output_read_counters(const OutputRing *ring, SonoOutputState *state);
