/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The progress bar. It waits a moment before it appears, so short jobs stay silent, and leaves no trace. */
#include <stdio.h>
#include <unistd.h>

#include "cli.h"
#include "sono_clock.h"

#define WIDTH 30
#define FIRST_AFTER_S 0.3
#define REDRAW_EVERY_S 0.1

void cli_progress_begin(CliProgress *p, const char *what)
{
    *p = (CliProgress){
        .what = what,
        .enabled = isatty(STDERR_FILENO) == 1,
        .last_s = sono_now_s() + FIRST_AFTER_S - REDRAW_EVERY_S,
    };
}

void cli_progress_update(CliProgress *p, double part)
{
    if (!p->enabled || sono_now_s() - p->last_s < REDRAW_EVERY_S) {
        return;
    }
    p->last_s = sono_now_s();
    p->shown = true;
    if (part < 0.0) {
        (void)fprintf(stderr, "\r%s ...\033[K", p->what);
    } else {
        const int filled = (int)(CLAMP(part, 0.0, 1.0) * WIDTH);
        (void)fprintf(stderr, "\r%s [%.*s%*s] %3d %%\033[K", p->what, filled, "##############################",
                      WIDTH - filled, "", (int)(CLAMP(part, 0.0, 1.0) * 100.0));
    }
    (void)fflush(stderr);
}

void cli_progress_end(CliProgress *p)
{
    if (p->shown) {
        (void)fputs("\r\033[K", stderr);
        (void)fflush(stderr);
    }
    p->shown = false;
}
