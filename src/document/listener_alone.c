/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of the selection: a little of it is prepared as soon as something is selected; while it is heard, ten
 * seconds ahead. After an edit or a change of the selection the old one is heard until the new one is there. */
#include "listener_private.h"

#define ENOUGH_S 0.35     /* to begin, or to change over: jobs make the next pieces meanwhile */
#define ENOUGH_SLOW_S 3.0 /* where they hardly keep up: many channels, a busy machine */
#define SLOW_SPEED 2.0
#define AHEAD_S 10.0
#define IDLE_S 2.0
/* What was heard is kept up to here, for loops; then it is begun anew where it is heard (about 128 MiB). */
#define KEEP_SAMPLES ((int64_t)32 << 20)

void listener_drop_alone(SonoListener *l, int which)
{
    alone_free(l->alone[which].alone);
    l->alone[which] = (struct ListenAlone){0};
}

void listener_retry_alone(SonoListener *l)
{
    for (int which = 0; which < 2; which++) {
        if (l->alone[which].alone && alone_failure(l->alone[which].alone)) {
            listener_drop_alone(l, which);
        }
    }
}

/* Frames before a loop's start that are heard at its seam. */
#define SEAM_FRAMES 4096

/* Up to two spans: n frames from at on, going on at the start of a loop. */
static int ahead(const SonoPlayRange *range, int64_t at, int64_t n, SonoSpan spans[2])
{
    at = at < range->start_frame || at >= range->end_frame ? range->start_frame : at;
    const int64_t first = range->end_frame - at < n ? range->end_frame - at : n;
    spans[0] = (SonoSpan){at, first};
    if (!range->loop || first == n) {
        return 1;
    }
    const int64_t rest = n - first;
    const int64_t before = at - range->start_frame;
    const int64_t seam = range->start_frame < SEAM_FRAMES ? range->start_frame : SEAM_FRAMES;
    spans[1] = (SonoSpan){range->start_frame - seam, seam + (rest < before ? rest : before)};
    return 2;
}

static bool has_ahead(const Alone *a, const SonoPlayRange *range, int64_t at, int64_t n)
{
    SonoSpan spans[2];
    const int n_spans = ahead(range, at, n, spans);
    return alone_has(a, spans[0]) && (n_spans < 2 || alone_has(a, spans[1]));
}

static void want_ahead(Alone *a, const SonoPlayRange *range, int64_t at, int64_t n, SonoPriority priority)
{
    SonoSpan spans[2];
    const int n_spans = ahead(range, at, n, spans);
    alone_want(a, spans[0], priority);
    if (n_spans > 1 && alone_has(a, spans[0])) {
        alone_want(a, spans[1], priority);
    }
}

/* One of this clip and selection; the old one stays while it is needed until a new one can take over. */
static void keep_up_to_date(SonoListener *l, int which, bool listening)
{
    struct ListenAlone *slot = &l->alone[which];
    const SonoClip *clip = which ? l->other : l->clip;
    if (!clip || !listener_has_selection(l)) {
        if (!which || !listener_has_selection(l)) { /* the other clip's is kept for the next comparison */
            listener_drop_alone(l, which);
        }
        return;
    }
    if (slot->alone) {
        const bool current = alone_clip(slot->alone) == clip && slot->selection == l->selection;
        const bool full =
            slot->heard &&
            l->run.range.end_frame - l->run.range.start_frame > KEEP_SAMPLES / sono_clip_n_channels(clip) &&
            alone_n_frames(slot->alone) > KEEP_SAMPLES / sono_clip_n_channels(clip);
        const bool on_its_way = listening && !slot->heard && !alone_failure(slot->alone);
        if ((current && !full) || (!current && on_its_way)) {
            return;
        }
        listener_drop_alone(l, which);
    }
    SonoError err = {0};
    if (alone_new(l->engine, clip, &l->mask, l->channel, l->mailbox, &slot->alone, &err) != SONO_OK) {
        listener_say(l, err.message);
        return;
    }
    slot->selection = l->selection;
}

static void begin_waiting(SonoListener *l)
{
    l->run.waiting = false;
    l->run.playing = true;
    sono_player_play(l->player, &l->run.range, l->run.from_frame);
}

/* The one that is to be heard: hand over what there is. changed: there is more of it than before. */
static void hand_over(SonoListener *l, int which, bool changed)
{
    struct ListenAlone *slot = &l->alone[which];
    const Alone *a = slot->alone;
    const double rate_hz = sono_clip_rate_hz(alone_clip(a));
    const int64_t at = l->run.waiting ? l->run.from_frame : (int64_t)sono_player_state(l->player).position_frames;
    const double enough_s = alone_speed(a) < SLOW_SPEED ? ENOUGH_SLOW_S : ENOUGH_S;
    const bool enough = has_ahead(a, &l->run.range, at, (int64_t)(enough_s * rate_hz));
    if (slot->heard ? changed : enough) {
        const SonoPlaySound sound = {.clip = alone_clip(a), .minus = alone_without(a)};
        slot->heard = true;
        l->alone[!which].heard = false;
        sono_player_set_sound(l->player, &sound);
    }
    if (l->run.waiting && enough) {
        begin_waiting(l);
    }
}

static void tend(SonoListener *l, int which, bool changed)
{
    struct ListenAlone *slot = &l->alone[which];
    const bool listening = l->run.what == SONO_LISTEN_SELECTION && (l->run.playing || l->run.waiting);
    const bool now = which == (l->other ? 1 : 0);
    keep_up_to_date(l, which, listening && now);
    if (!slot->alone || !now) {
        return;
    }
    if (alone_failure(slot->alone)) {
        if (listening) {
            listener_say(l, alone_failure(slot->alone));
            listener_halt(l);
        }
        return;
    }
    const double rate_hz = sono_clip_rate_hz(alone_clip(slot->alone));
    if (!listening) {
        ListenRun run = {0};
        if (listener_place(l, &run)) {
            want_ahead(slot->alone, &run.range, run.from_frame, (int64_t)(IDLE_S * rate_hz), SONO_PRIORITY_PREFETCH);
        }
        return;
    }
    hand_over(l, which, changed);
    keep_up_to_date(l, which, true); /* it may have been one of before, on its way to be heard first */
    if (!slot->alone) {
        return;
    }
    const int64_t at = l->run.waiting ? l->run.from_frame : (int64_t)sono_player_state(l->player).position_frames;
    want_ahead(slot->alone, &l->run.range, at, (int64_t)(AHEAD_S * rate_hz), SONO_PRIORITY_VISIBLE);
}

void listener_tend_alone(SonoListener *l)
{
    for (int which = 0; which < 2; which++) {
        const bool changed = l->alone[which].alone && alone_poll(l->alone[which].alone);
        tend(l, which, changed);
    }
}
