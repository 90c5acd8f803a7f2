/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Playing until the end, Ctrl+C or a lost device, with the position on a terminal. */
#include <stdio.h>
#include <unistd.h>

#include "play.h"
#include "sono_clock.h"

#define TURN_US 5000
#define REDRAW_EVERY_S 0.05
#define FADE_PATIENCE_S 1.0

typedef struct Playing {
    const PlayPlan *plan;
    SonoPlayer *player;
    SonoListener *listener;
    PlayReport *report;
    bool terminal;
    double drawn_s, begun_s;
    double last_position_s;
    int n_begun; /* times */
} Playing;

static void nothing_to_wake(void *ctx)
{
    (void)ctx;
}

static void show(Playing *p, const SonoListenState *state)
{
    const double now_s = sono_now_s();
    if (!p->terminal || now_s - p->drawn_s < REDRAW_EVERY_S) {
        return;
    }
    p->drawn_s = now_s;
    const double end_s = (double)sono_clip_n_frames(p->plan->clip) / sono_clip_rate_hz(p->plan->clip);
    (void)fprintf(stderr, "\r%s %.2f / %.2f s\033[K", state->preparing && !state->playing ? "preparing" : "playing",
                  state->position_s, end_s);
    (void)fflush(stderr);
}

/* The last time does not loop. What is fed runs ahead of what is heard, by far less than the shortest range. */
static void count_times(Playing *p, const SonoListenState *state)
{
    const bool again = state->position_s < p->last_position_s;
    p->last_position_s = state->position_s;
    p->n_begun += again;
    SonoListenOptions options = sono_listener_options(p->listener);
    if (options.loop && p->plan->n_times > 0 && p->n_begun >= p->plan->n_times) {
        options.loop = false;
        sono_listener_set_options(p->listener, &options);
    }
}

/* One turn; false: it is over. */
static bool turn(Playing *p, SonoStatus *status, SonoError *err)
{
    SonoListenState state;
    g_usleep(TURN_US);
    sono_listener_poll(p->listener, &state);
    show(p, &state);
    if (state.player.sounding) {
        p->begun_s = p->begun_s > 0.0 ? p->begun_s : sono_now_s();
        p->report->last = state.player;
        p->report->seconds = sono_now_s() - p->begun_s;
        count_times(p, &state);
    }
    if (state.player.output.phase == SONO_OUTPUT_LOST) {
        *status = sono_fail(err, SONO_E_DEVICE, "%s", state.player.output.line);
        return false;
    }
    if (state.line[0]) {
        *status = sono_fail(err, SONO_E_INVALID, "%s", state.line);
        return false;
    }
    if (cli_is_interrupted()) {
        *status = sono_fail(err, SONO_E_CANCELLED, "cancelled");
        return false;
    }
    return state.playing || state.preparing || state.player.sounding;
}

static void fade_out(Playing *p)
{
    const double until_s = sono_now_s() + FADE_PATIENCE_S;
    sono_listener_stop(p->listener);
    while (sono_player_state(p->player).sounding && sono_now_s() < until_s) {
        g_usleep(TURN_US);
    }
}

static SonoStatus begin(Playing *p, SonoError *err)
{
    const PlayPlan *plan = p->plan;
    const SonoListenOptions options = {.loop = plan->n_times != 1};
    sono_player_set_device(p->player, plan->device, plan->rate_hz, plan->buffer_frames);
    sono_player_set_mix(p->player, &plan->mix);
    sono_listener_set_options(p->listener, &options);
    sono_listener_set_sound(p->listener, plan->clip, plan->before, plan->edited);
    const SonoStatus status = sono_listener_set_selection(p->listener, &plan->mask, plan->channel, err);
    if (status != SONO_OK) {
        return status;
    }
    sono_listener_set_cursor(p->listener, plan->from_s);
    p->n_begun = 1;
    p->last_position_s = -1.0;
    if (!sono_listener_play(p->listener, plan->what)) {
        SonoListenState state;
        sono_listener_poll(p->listener, &state);
        return sono_fail(err, SONO_E_INVALID, "%s", state.line);
    }
    return SONO_OK;
}

SonoStatus cli_play_run(const PlayPlan *plan, SonoEngine *engine, PlayReport *report, SonoError *err)
{
    Playing p = {.plan = plan, .report = report, .terminal = isatty(STDERR_FILENO) == 1};
    SonoStatus status = sono_player_new(nothing_to_wake, NULL, &p.player, err);
    if (status == SONO_OK) {
        status = sono_listener_new(engine, p.player, nothing_to_wake, NULL, &p.listener, err);
    }
    if (status == SONO_OK) {
        status = begin(&p, err);
    }
    if (status == SONO_OK) {
        while (turn(&p, &status, err)) {
        }
        if (status != SONO_E_DEVICE) {
            fade_out(&p);
        }
        if (p.terminal) {
            (void)fputs("\r\033[K", stderr);
        }
    }
    sono_listener_free(p.listener);
    sono_player_free(p.player);
    return status;
}
