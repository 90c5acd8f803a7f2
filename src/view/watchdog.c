/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The main loop's poll function tells when a turn of the loop begins and ends; a thread looks whether one takes long
 * and asks the main thread, by a signal, where it is. */
#define _GNU_SOURCE /* backtrace_symbols_fd */
#include "sono_watchdog.h"

#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#ifndef SONO_WATCHDOG_MS
#define SONO_WATCHDOG_MS 0 /* not unless the environment says so */
#endif
#define MAX_CALLS 48
#define HANG_US (5 * G_USEC_PER_SEC)

/* Parts of a turn that have names may lie inside each other. */
#define MAX_DEPTH 8

/* There is one main loop, and neither a poll function nor a signal handler is given a context: so this is at file
 * scope. All but the atomics is the main thread's, and constant once the thread runs. */
static struct {
    gint64 limit_us; /* 0: off */
    pthread_t main_thread;
    GPollFunc poll;
    gboolean armed, excused;
    int n_excuses;
    gint64 cpu_us; /* of the main thread when the turn began */
    int depth;
    const char *names[MAX_DEPTH];
    gint64 entered_us[MAX_DEPTH];
    const char *longest; /* the innermost part that took nearly all of the turn */
    gint64 longest_us;
    _Atomic(const char *) what; /* part that is under way; NULL: none that has a name */
    _Atomic gint64 began_us;    /* the turn; 0: the loop waits, or is excused */
} dog;

static gint64 cpu_now_us(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (gint64)t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000;
}

static void end_turn(void)
{
    const gint64 began_us = atomic_exchange_explicit(&dog.began_us, 0, memory_order_relaxed);
    const gint64 took_us = g_get_monotonic_time() - began_us;
    if (began_us > 0 && took_us > dog.limit_us && dog.armed && !dog.excused) {
        const char *what = 2 * dog.longest_us > took_us ? dog.longest : "main loop";
        g_printerr("stall %d ms in %s (cpu %d ms)\n", (int)(took_us / 1000), what,
                   (int)((cpu_now_us() - dog.cpu_us) / 1000));
    }
}

static void begin_turn(void)
{
    dog.excused = dog.n_excuses > 0;
    dog.longest_us = 0;
    dog.cpu_us = cpu_now_us();
    atomic_store_explicit(&dog.began_us, dog.armed && !dog.excused ? g_get_monotonic_time() : 0, memory_order_relaxed);
}

static int poll_and_watch(GPollFD *fds, guint n_fds, int timeout_ms)
{
    end_turn();
    const int rc = dog.poll(fds, n_fds, timeout_ms);
    begin_turn();
    return rc;
}

/* Main thread, in the middle of whatever takes so long. */
static void on_signal(int number)
{
    void *calls[MAX_CALLS];
    const int n = backtrace(calls, MAX_CALLS);
    static const char line[] = "stall goes on at:\n";
    if (write(STDERR_FILENO, line, sizeof line - 1) > 0) {
        backtrace_symbols_fd(calls, n, STDERR_FILENO);
    }
}

static void *watch(void *unused)
{
    const struct timespec step = {.tv_nsec = (long)(MIN(dog.limit_us / 4, 250000) * 1000)};
    gint64 asked = 0; /* beginning of the turn that was asked where it is */
    gint64 hung = 0;
    for (;;) {
        (void)nanosleep(&step, NULL);
        const gint64 began_us = atomic_load_explicit(&dog.began_us, memory_order_relaxed);
        const gint64 since_us = g_get_monotonic_time() - began_us;
        if (began_us > 0 && since_us > dog.limit_us && asked != began_us) {
            asked = began_us;
            (void)pthread_kill(dog.main_thread, SIGUSR2);
        }
        if (began_us > 0 && since_us > HANG_US && hung != began_us) {
            const char *what = atomic_load_explicit(&dog.what, memory_order_relaxed);
            hung = began_us;
            g_printerr("stall %d ms and no end in %s\n", (int)(since_us / 1000), what ? what : "main loop");
        }
    }
    return NULL;
}

void sono_watchdog_arm(void)
{
    dog.armed = TRUE;
}

void sono_watchdog_enter(const char *what)
{
    if (dog.limit_us > 0 && dog.depth < MAX_DEPTH) {
        dog.names[dog.depth] = what;
        dog.entered_us[dog.depth] = g_get_monotonic_time();
        atomic_store_explicit(&dog.what, what, memory_order_relaxed);
    }
    dog.depth++;
}

void sono_watchdog_leave(void)
{
    if (dog.depth == 0) {
        return; /* the end of a frame that began before it was listened to */
    }
    dog.depth--;
    if (dog.limit_us > 0 && dog.depth < MAX_DEPTH) {
        const gint64 took_us = g_get_monotonic_time() - dog.entered_us[dog.depth];
        if (7 * took_us > 10 * dog.longest_us) {
            dog.longest_us = took_us;
            dog.longest = dog.names[dog.depth];
        }
        atomic_store_explicit(&dog.what, dog.depth > 0 ? dog.names[dog.depth - 1] : NULL, memory_order_relaxed);
    }
}

void sono_watchdog_excuse_begin(void)
{
    dog.n_excuses++;
    dog.excused = TRUE;
    atomic_store_explicit(&dog.began_us, 0, memory_order_relaxed);
}

void sono_watchdog_excuse_end(void)
{
    dog.n_excuses--;
}

/* A dialog that is on its way: until its second frame, when all its pieces have been measured and cached. */
typedef struct Opening {
    GtkWidget *window;
    GdkFrameClock *clock;
    int n_frames;
} Opening;

static void opening_end(Opening *o)
{
    g_signal_handlers_disconnect_by_data(o->window, o);
    g_signal_handlers_disconnect_by_data(o->clock, o);
    g_object_unref(o->clock);
    g_object_unref(o->window);
    g_free(o);
    sono_watchdog_excuse_end();
}

static void on_painted(GdkFrameClock *clock, Opening *o)
{
    if (++o->n_frames == 2) {
        opening_end(o);
    }
}

static void on_dialog_realize(GtkWidget *window, gpointer unused)
{
    Opening *o = g_new0(Opening, 1);
    *o = (Opening){.window = g_object_ref(window), .clock = g_object_ref(gtk_widget_get_frame_clock(window))};
    sono_watchdog_excuse_begin();
    g_signal_connect(o->clock, "after-paint", G_CALLBACK(on_painted), o);
    g_signal_connect_swapped(window, "unrealize", G_CALLBACK(opening_end), o);
}

static void on_frame_begin(GdkFrameClock *clock, gpointer unused)
{
    sono_watchdog_enter("a frame");
}

/* Frames of the program's own windows have a name: on software GL they wait for the rasteriser, which on busy cores is
 * nobody's fault, and shows as little time of the main thread's. */
static void on_window_realize(GtkWidget *window, gpointer unused)
{
    GdkFrameClock *clock = gtk_widget_get_frame_clock(window);
    g_signal_connect(clock, "before-paint", G_CALLBACK(on_frame_begin), NULL);
    g_signal_connect_after(clock, "after-paint", G_CALLBACK(sono_watchdog_leave), NULL);
}

static void on_toplevels(GListModel *toplevels, guint position, guint removed, guint added, gpointer unused)
{
    for (guint i = position; i < position + added; i++) {
        g_autoptr(GtkWidget) window = g_list_model_get_item(toplevels, i);
        if (GTK_IS_APPLICATION_WINDOW(window)) {
            g_signal_connect_after(window, "realize", G_CALLBACK(on_window_realize), NULL);
        } else {
            sono_watchdog_excuse_begin();
            sono_watchdog_excuse_end(); /* this turn only */
            g_signal_connect_after(window, "realize", G_CALLBACK(on_dialog_realize), NULL);
        }
    }
}

void sono_watchdog_start(void)
{
    const char *wish = g_getenv("SONO_WATCHDOG");
    gint64 limit_ms = SONO_WATCHDOG_MS;
    pthread_t thread;
    void *call = NULL;
    if (wish && !g_ascii_string_to_signed(wish, 10, 0, 1000000, &limit_ms, NULL)) {
        g_warning("SONO_WATCHDOG=%s: not a number of milliseconds", wish);
    }
    if (limit_ms <= 0 || dog.limit_us > 0) {
        return;
    }
    dog.limit_us = 1000 * limit_ms;
    dog.main_thread = pthread_self();
    (void)backtrace(&call, 1); /* it loads a library the first time, which a signal handler should not */
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    (void)sigaction(SIGUSR2, &action, NULL);
    dog.poll = g_main_context_get_poll_func(NULL);
    g_main_context_set_poll_func(NULL, poll_and_watch);
    g_signal_connect(gtk_window_get_toplevels(), "items-changed", G_CALLBACK(on_toplevels), NULL);
    if (pthread_create(&thread, NULL, watch, NULL) == 0) {
        (void)pthread_detach(thread);
    }
}
