/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "play_source.h"

#include "sono_mem.h"

#include <math.h>

#define PI 3.14159265358979323846

struct PlaySource {
    int n_channels;
    int n_fade; /* frames of a crossfade */
    int64_t at_frame;
    SonoPlayRange range;
    PlayVoice now, next, later; /* next: coming in while fading; later: waits until it is in */
    bool fading, waiting;
    int fade_at;
    bool ok;
    float *seam[SONO_OUTPUT_MAX_CHANNELS], *other[SONO_OUTPUT_MAX_CHANNELS]; /* float[PLAY_SOURCE_FRAMES] each */
    float *scratch;                                                          /* float[2][PLAY_SOURCE_FRAMES] */
};

PlaySource *play_source_new(int n_channels, double rate_hz)
{
    PlaySource *s = sono_calloc(1, sizeof *s);
    float *memory = sono_alloc_aligned((size_t)(2 * n_channels + 2) * PLAY_SOURCE_FRAMES, sizeof *memory);
    if (!s || !memory) {
        sono_free(s);
        sono_free(memory);
        return NULL;
    }
    s->n_channels = n_channels;
    s->n_fade = (int)lround(SONO_PLAYER_CROSSFADE_S * rate_hz);
    s->scratch = memory;
    for (int c = 0; c < n_channels; c++) {
        s->seam[c] = memory + (ptrdiff_t)(2 + 2 * c) * PLAY_SOURCE_FRAMES;
        s->other[c] = s->seam[c] + PLAY_SOURCE_FRAMES;
    }
    s->range = (SonoPlayRange){0, INT64_MAX, false};
    return s;
}

static void drop_voices(PlaySource *s)
{
    play_voice_unref(&s->now);
    play_voice_unref(&s->next);
    play_voice_unref(&s->later);
    s->fading = s->waiting = false;
}

void play_source_free(PlaySource *s)
{
    if (s) {
        drop_voices(s);
        sono_free(s->scratch);
        sono_free(s);
    }
}

void play_source_begin(PlaySource *s, PlayVoice voice, int64_t at_frame)
{
    drop_voices(s);
    s->now = voice;
    s->at_frame = at_frame;
}

void play_source_set_range(PlaySource *s, const SonoPlayRange *range)
{
    s->range = *range;
}

const PlayVoice *play_source_voice(const PlaySource *s)
{
    return s->waiting ? &s->later : (s->fading ? &s->next : &s->now);
}

void play_source_set_voice(PlaySource *s, PlayVoice voice)
{
    if (play_voice_same(play_source_voice(s), &voice)) {
        play_voice_unref(&voice);
    } else if (s->fading) {
        play_voice_unref(&s->later);
        s->later = voice;
        s->waiting = true;
    } else {
        s->next = voice;
        s->fading = true;
        s->fade_at = 0;
    }
}

int64_t play_source_at(const PlaySource *s)
{
    return s->at_frame;
}

const SonoPlayRange *play_source_range(const PlaySource *s)
{
    return &s->range;
}

uint64_t play_source_revision(const PlaySource *s)
{
    const SonoClip *clip = s->fading ? s->next.sound.clip : s->now.sound.clip;
    return clip ? sono_clip_revision(clip) : 0;
}

/* a goes over into b: frames [k, k + n) of a crossfade of n_fade. */
static void cross(float *a, const float *b, int k, int n, int n_fade)
{
    for (int i = 0; i < n; i++) {
        const float w = (float)(0.5 - 0.5 * cos(PI * (k + i + 0.5) / n_fade));
        a[i] += w * (b[i] - a[i]);
    }
}

static bool wraps(const PlaySource *s)
{
    return s->range.loop && s->range.end_frame > s->range.start_frame;
}

/* n frames of one voice, round the loop; returns the frame after them. */
static int64_t render_line(PlaySource *s, const PlayVoice *voice, int n, float *const *out)
{
    const int64_t end = s->range.end_frame;
    const int64_t length = end - s->range.start_frame;
    const int64_t n_fade = length / 2 < s->n_fade ? length / 2 : s->n_fade;
    int64_t at = s->at_frame;
    for (int done = 0; done < n;) {
        float *to[SONO_OUTPUT_MAX_CHANNELS];
        for (int c = 0; c < s->n_channels; c++) {
            to[c] = out[c] + done;
        }
        if (wraps(s) && at >= end) {
            at = s->range.start_frame + (at - end) % length;
        }
        const bool seam = wraps(s) && at >= end - n_fade;
        const int64_t until = seam ? end : end - n_fade;
        const int m = wraps(s) && until - at < n - done ? (int)(until - at) : n - done;
        s->ok = play_voice_render(voice, at, m, to, s->n_channels, s->scratch) && s->ok;
        if (seam) {
            s->ok = play_voice_render(voice, at - length, m, s->seam, s->n_channels, s->scratch) && s->ok;
            for (int c = 0; c < s->n_channels; c++) {
                cross(to[c], s->seam[c], (int)(at - (end - n_fade)), m, (int)n_fade);
            }
        }
        done += m;
        at += m;
    }
    return wraps(s) && at >= end ? s->range.start_frame + (at - end) % length : at;
}

static void end_fade(PlaySource *s)
{
    play_voice_unref(&s->now);
    s->now = s->next;
    s->fading = s->waiting;
    s->next = s->waiting ? s->later : (PlayVoice){0};
    s->later = (PlayVoice){0};
    s->waiting = false;
    s->fade_at = 0;
}

bool play_source_render(PlaySource *s, int n, float *const *out)
{
    s->ok = true;
    for (int done = 0; done < n;) {
        float *to[SONO_OUTPUT_MAX_CHANNELS];
        for (int c = 0; c < s->n_channels; c++) {
            to[c] = out[c] + done;
        }
        int m = n - done;
        if (s->fading && s->n_fade - s->fade_at < m) {
            m = s->n_fade - s->fade_at;
        }
        const int64_t after = render_line(s, &s->now, m, to);
        if (s->fading) {
            (void)render_line(s, &s->next, m, s->other);
            for (int c = 0; c < s->n_channels; c++) {
                cross(to[c], s->other[c], s->fade_at, m, s->n_fade);
            }
            s->fade_at += m;
            if (s->fade_at >= s->n_fade) {
                end_fade(s);
            }
        }
        s->at_frame = after;
        done += m;
    }
    return s->ok;
}
