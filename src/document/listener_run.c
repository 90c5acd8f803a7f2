/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is played, from where to where. */
#include "listener_private.h"

#include <math.h>
#include <stdio.h>

const char *const sono_listen_names[] = {"sound", "selection", "delta", NULL};

static int64_t n_frames_of(const SonoListener *l)
{
    return l->clip ? sono_clip_n_frames(l->clip) : 0;
}

static int64_t frame_at(const SonoListener *l, double t_s)
{
    const double frame = floor(t_s * sono_clip_rate_hz(l->clip) + 0.5);
    const double n = (double)n_frames_of(l);
    return (int64_t)(!(frame > 0.0) ? 0.0 : frame < n ? frame : n);
}

static double seconds(const SonoListener *l, double frame)
{
    return l->clip ? frame / sono_clip_rate_hz(l->clip) : 0.0;
}

void listener_say(SonoListener *l, const char *line)
{
    (void)snprintf(l->line, sizeof l->line, "%s", line);
}

/* --- ranges --- */

bool listener_has_selection(const SonoListener *l)
{
    return l->mask.n_shapes > 0;
}

SonoSpan listener_selected(const SonoListener *l)
{
    if (!l->clip || !listener_has_selection(l)) {
        return (SonoSpan){0, 0};
    }
    const SonoRegion bounds = sono_mask_bounds(&l->mask);
    const int64_t first = frame_at(l, bounds.t0_s);
    const int64_t end = frame_at(l, bounds.t1_s);
    return (SonoSpan){first, end > first ? end - first : 0};
}

bool listener_selected_in_time(const SonoListener *l)
{
    const SonoSpan span = listener_selected(l);
    return span.n_frames > 0 && span.n_frames < n_frames_of(l);
}

static SonoSpan rolled(const SonoListener *l, SonoSpan span)
{
    const double rate_hz = sono_clip_rate_hz(l->clip);
    const int64_t pre = (int64_t)(l->options.pre_roll_s * rate_hz);
    const int64_t post = (int64_t)(l->options.post_roll_s * rate_hz);
    return sono_span_intersect((SonoSpan){span.start_frame - pre, pre + span.n_frames + post},
                               (SonoSpan){0, n_frames_of(l)});
}

static void set_range(SonoListener *l, ListenRun *run, SonoSpan span)
{
    run->range = (SonoPlayRange){span.start_frame, sono_span_end(span), l->options.loop};
}

/* The selected time, from the cursor if that lies within; else from the cursor to the end. */
bool listener_place(SonoListener *l, ListenRun *run)
{
    const int64_t cursor = frame_at(l, l->cursor_s);
    run->whole = !listener_selected_in_time(l);
    set_range(l, run, run->whole ? (SonoSpan){0, n_frames_of(l)} : listener_selected(l));
    run->from_frame =
        cursor >= run->range.start_frame && cursor < run->range.end_frame ? cursor : run->range.start_frame;
    return run->range.end_frame > run->range.start_frame;
}

static bool place_at(SonoListener *l, ListenRun *run, SonoSpan span)
{
    set_range(l, run, span);
    run->from_frame = span.start_frame;
    run->keeps_cursor = true;
    return span.n_frames > 0;
}

/* --- beginning and ending --- */

/* The player may be another listener's by now: who does not play has no say in what it plays, and stops nothing. */
void listener_give_sound(SonoListener *l)
{
    SonoPlaySound sound = {.clip = l->other ? l->other : l->clip};
    if (l->run.what == SONO_LISTEN_DELTA && !l->other && (l->run.playing || l->run.waiting)) {
        sound = (SonoPlaySound){.clip = l->before, .minus = l->clip};
    }
    l->alone[0].heard = l->alone[1].heard = false;
    if (l->run.playing || l->run.waiting) {
        sono_player_set_sound(l->player, &sound);
    }
}

void listener_begin(SonoListener *l, const ListenRun *run)
{
    const ListenRun old = l->run;
    l->run = *run;
    l->run.began_s = seconds(l, (double)run->from_frame);
    l->run.waiting = true;
    if (run->what == SONO_LISTEN_SELECTION) {
        l->run.playing = old.playing; /* what is heard goes on until the inside is there */
        listener_retry_alone(l);
        listener_tend_alone(l);
        return;
    }
    listener_give_sound(l);
    l->run.waiting = false;
    l->run.playing = true;
    sono_player_play(l->player, &l->run.range, l->run.from_frame);
}

void listener_let_go(SonoListener *l)
{
    const SonoPlaySound silence = {0};
    l->run.playing = l->run.scrubbing = false;
    l->alone[0].heard = l->alone[1].heard = false;
    sono_player_set_sound(l->player, &silence);
}

void listener_halt(SonoListener *l)
{
    l->run.waiting = false;
    if (l->run.playing) {
        sono_player_stop(l->player);
        listener_let_go(l);
    }
}

bool sono_listener_play(SonoListener *l, SonoListenTo what)
{
    ListenRun run = {.what = what};
    bool some = false;
    if (!l->clip || n_frames_of(l) == 0) {
        listener_say(l, "There is nothing to play yet");
        return false;
    }
    switch (what) {
    case SONO_LISTEN_SOUND:
        some = listener_place(l, &run);
        break;
    case SONO_LISTEN_SELECTION:
        some = listener_selected(l).n_frames > 0 && listener_place(l, &run);
        if (!some) {
            listener_say(l, "Nothing is selected");
        }
        break;
    case SONO_LISTEN_DELTA:
        some = l->before && place_at(l, &run, l->edited);
        if (!some) {
            listener_say(l, "There is no edit to hear");
        }
        break;
    }
    if (some) {
        listener_begin(l, &run);
    }
    return some;
}

bool sono_listener_play_around(SonoListener *l)
{
    ListenRun run = {.what = SONO_LISTEN_SOUND};
    if (!l->clip) {
        listener_say(l, "There is nothing to play yet");
        return false;
    }
    const SonoSpan span = listener_selected_in_time(l) ? listener_selected(l) : (SonoSpan){frame_at(l, l->cursor_s), 0};
    if (!place_at(l, &run, rolled(l, span))) {
        listener_say(l, "There is no sound around the cursor");
        return false;
    }
    listener_begin(l, &run);
    return true;
}

void listener_audition(SonoListener *l)
{
    ListenRun run = {.what = SONO_LISTEN_SOUND, .auditions = true};
    const bool busy = l->run.playing || l->run.waiting;
    if (l->options.auto_audition && (!busy || l->run.auditions) && place_at(l, &run, rolled(l, l->edited))) {
        run.range.loop = false;
        listener_begin(l, &run);
    }
}

void sono_listener_stop(SonoListener *l)
{
    const bool busy = l->run.playing || l->run.waiting;
    const SonoPlayState state = sono_player_state(l->player);
    if (busy && !l->run.keeps_cursor && !l->run.scrubbing) {
        const bool back = l->options.return_to_start || !l->run.playing;
        l->cursor_s = back ? l->run.began_s : seconds(l, state.position_frames);
    }
    listener_halt(l);
}

/* --- while it plays --- */

void sono_listener_seek(SonoListener *l, double t_s)
{
    ListenRun run = l->run;
    if (!l->clip) {
        return;
    }
    const int64_t frame = frame_at(l, t_s);
    l->cursor_s = seconds(l, (double)frame);
    if (!(run.playing || run.waiting) || run.scrubbing || frame >= n_frames_of(l)) {
        return;
    }
    if (frame >= run.range.end_frame) { /* out of what was chosen: on to the end, from there */
        run.whole = true;
        run.range = (SonoPlayRange){frame, n_frames_of(l), false};
        run.what = run.what == SONO_LISTEN_DELTA ? SONO_LISTEN_SOUND : run.what;
    }
    run.from_frame = frame;
    run.keeps_cursor = run.auditions = false;
    listener_begin(l, &run);
}

void sono_listener_scrub(SonoListener *l, double t_s)
{
    if (!l->clip) {
        return;
    }
    const int64_t frame = frame_at(l, t_s);
    l->cursor_s = seconds(l, (double)frame);
    if (!l->run.scrubbing) {
        l->run = (ListenRun){.what = SONO_LISTEN_SOUND, .playing = true, .scrubbing = true};
        listener_give_sound(l);
    }
    sono_player_scrub(l->player, frame);
}

void listener_update_range(SonoListener *l)
{
    ListenRun *run = &l->run;
    if (!(run->playing || run->waiting) || run->scrubbing) {
        return;
    }
    SonoSpan span = {run->range.start_frame, run->range.end_frame - run->range.start_frame};
    if (run->what == SONO_LISTEN_DELTA) {
        span = l->before ? l->edited : (SonoSpan){0, 0};
    } else if (run->what == SONO_LISTEN_SELECTION || (l->options.loop && !run->keeps_cursor)) {
        run->whole = !listener_selected_in_time(l);
        span = run->what == SONO_LISTEN_SELECTION && !listener_has_selection(l) ? (SonoSpan){0, 0}
               : run->whole                                                     ? (SonoSpan){0, n_frames_of(l)}
                                                                                : listener_selected(l);
    }
    if (span.n_frames <= 0) {
        sono_listener_stop(l);
        return;
    }
    const SonoPlayRange before = run->range;
    set_range(l, run, span);
    run->range.loop = run->range.loop && !run->auditions;
    if (run->from_frame < run->range.start_frame || run->from_frame >= run->range.end_frame) {
        run->from_frame = run->range.start_frame;
    }
    const bool same = before.start_frame == run->range.start_frame && before.end_frame == run->range.end_frame &&
                      before.loop == run->range.loop;
    if (run->playing && !run->waiting && !same) {
        sono_player_set_range(l->player, &run->range);
    }
}
