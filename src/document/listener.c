/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What there is to hear: the sound, the state before its newest edit, another one to compare with, a selection. */
#include "listener_private.h"

#include "sono_mem.h"

#include <math.h>
#include <string.h>

#define ROLL_S 0.5 /* until it is chosen */

SonoStatus sono_listener_new(SonoEngine *engine, SonoPlayer *player, void (*wake)(void *ctx), void *ctx,
                             SonoListener **out, SonoError *err)
{
    SonoListener *l = sono_calloc(1, sizeof *l);
    Mailbox *mailbox = mailbox_new(wake, ctx);
    if (!l || !mailbox) {
        sono_free(l);
        mailbox_unref(mailbox);
        return sono_fail(err, SONO_E_NOMEM, "no memory to listen");
    }
    l->engine = engine;
    l->player = player;
    l->mailbox = mailbox;
    l->channel = -1;
    l->options = (SonoListenOptions){.pre_roll_s = ROLL_S, .post_roll_s = ROLL_S};
    *out = l;
    return SONO_OK;
}

void sono_listener_free(SonoListener *l)
{
    if (!l) {
        return;
    }
    mailbox_close(l->mailbox);
    listener_halt(l);
    listener_drop_alone(l, 0);
    listener_drop_alone(l, 1);
    sono_clip_unref(l->clip);
    sono_clip_unref(l->before);
    sono_clip_unref(l->other);
    sono_mask_clear(&l->mask);
    mailbox_unref(l->mailbox);
    sono_free(l);
}

static bool same_shape(const SonoClip *a, const SonoClip *b)
{
    return a && b && sono_clip_n_frames(a) == sono_clip_n_frames(b) &&
           sono_clip_n_channels(a) == sono_clip_n_channels(b) && sono_clip_rate_hz(a) == sono_clip_rate_hz(b);
}

static void assign(SonoClip **to, const SonoClip *clip)
{
    SonoClip *old = *to;
    *to = clip ? sono_clip_ref(clip) : NULL;
    sono_clip_unref(old);
}

static bool hears_selection(const SonoListener *l)
{
    return l->run.what == SONO_LISTEN_SELECTION && (l->run.playing || l->run.waiting);
}

/* Another file: nothing of before holds. */
static void begin_anew(SonoListener *l)
{
    listener_halt(l);
    l->run = (ListenRun){0};
    l->cursor_s = 0.0;
    assign(&l->other, NULL);
    sono_mask_clear(&l->mask);
    l->selection++;
    listener_drop_alone(l, 0);
    listener_drop_alone(l, 1);
}

void sono_listener_set_sound(SonoListener *l, const SonoClip *clip, const SonoClip *before, SonoSpan edited)
{
    const bool is_edit = l->clip && clip && before && clip != l->clip && before == l->clip;
    if (clip == l->clip && before == l->before) {
        return;
    }
    if (l->clip && !same_shape(clip, l->clip)) {
        begin_anew(l);
    }
    assign(&l->clip, clip);
    assign(&l->before, before && same_shape(before, clip) ? before : NULL);
    l->edited = l->before ? edited : (SonoSpan){0, 0};
    if (l->run.playing && !hears_selection(l)) {
        listener_give_sound(l);
    }
    listener_update_range(l);
    if (is_edit) {
        listener_audition(l);
    }
    listener_tend_alone(l);
}

void sono_listener_set_compare(SonoListener *l, const SonoClip *other)
{
    if (other == l->other || (other && !same_shape(other, l->clip))) {
        return;
    }
    const struct ListenAlone *slot = &l->alone[1];
    if (slot->alone && other && (alone_clip(slot->alone) != other || slot->selection != l->selection)) {
        listener_drop_alone(l, 1);
    }
    assign(&l->other, other);
    if (l->run.playing && !hears_selection(l)) {
        listener_give_sound(l);
    }
    listener_tend_alone(l);
}

SonoStatus sono_listener_set_selection(SonoListener *l, const SonoMask *mask, int channel, SonoError *err)
{
    SonoMask copy = {0};
    const SonoStatus status = sono_mask_copy(mask, &copy, err);
    if (status != SONO_OK) {
        return status;
    }
    const SonoSpan before = listener_selected(l);
    sono_mask_clear(&l->mask);
    l->mask = copy;
    l->channel = channel;
    l->selection++;
    const SonoSpan span = listener_selected(l);
    const bool moved = span.start_frame != before.start_frame || span.n_frames != before.n_frames;
    if (moved && listener_selected_in_time(l) && !l->run.playing && !l->run.waiting) {
        l->cursor_s = (double)span.start_frame / sono_clip_rate_hz(l->clip);
    }
    listener_update_range(l);
    listener_tend_alone(l);
    return SONO_OK;
}

void sono_listener_set_options(SonoListener *l, const SonoListenOptions *options)
{
    l->options = *options;
    l->options.pre_roll_s = fmin(fmax(l->options.pre_roll_s, 0.0), 60.0);
    l->options.post_roll_s = fmin(fmax(l->options.post_roll_s, 0.0), 60.0);
    listener_update_range(l);
}
SonoListenOptions sono_listener_options(const SonoListener *l)
{
    return l->options;
}

void sono_listener_set_cursor(SonoListener *l, double t_s)
{
    const double end_s = l->clip ? (double)sono_clip_n_frames(l->clip) / sono_clip_rate_hz(l->clip) : 0.0;
    l->cursor_s = fmin(fmax(t_s, 0.0), end_s);
    listener_tend_alone(l);
}
double sono_listener_cursor(const SonoListener *l)
{
    return l->cursor_s;
}

/* Why nothing is heard although it plays, once each time the device is lost. */
static void watch_output(SonoListener *l, const SonoOutputState *output)
{
    if (output->phase != SONO_OUTPUT_LOST) {
        l->said_lost = false;
    } else if (!l->said_lost && l->run.playing) {
        l->said_lost = true;
        listener_say(l, output->line);
    }
}

void sono_listener_poll(SonoListener *l, SonoListenState *state)
{
    listener_tend_alone(l);
    const SonoPlayState player = sono_player_state(l->player);
    if (l->run.playing && !l->run.waiting && player.phase == SONO_PLAY_STOPPED) { /* the end was heard */
        listener_let_go(l);
    }
    watch_output(l, &player.output);
    *state = (SonoListenState){.what = l->run.what,
                               .playing = l->run.playing,
                               .preparing = l->run.waiting,
                               .position_s = l->cursor_s,
                               .player = player};
    if (l->run.playing && l->clip) {
        state->position_s = player.position_frames / sono_clip_rate_hz(l->clip);
    }
    memcpy(state->line, l->line, sizeof state->line);
    l->line[0] = '\0';
}
