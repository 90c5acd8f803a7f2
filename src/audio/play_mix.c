/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "play_mix.h"

#include <math.h>
#include <string.h>

PlayVoice play_voice_ref(const PlayVoice *voice)
{
    const PlayVoice copy = *voice;
    if (copy.sound.clip) {
        (void)sono_clip_ref(copy.sound.clip);
    }
    if (copy.sound.minus) {
        (void)sono_clip_ref(copy.sound.minus);
    }
    return copy;
}

void play_voice_unref(PlayVoice *voice)
{
    sono_clip_unref(voice->sound.clip);
    sono_clip_unref(voice->sound.minus);
    voice->sound = (SonoPlaySound){0};
}

bool play_voice_same(const PlayVoice *a, const PlayVoice *b)
{
    return a->sound.clip == b->sound.clip && a->sound.minus == b->sound.minus && a->mix.gain_db == b->mix.gain_db &&
           a->mix.mode == b->mix.mode && memcmp(a->mix.muted, b->mix.muted, sizeof a->mix.muted) == 0;
}

static bool is_muted(const PlayVoice *v, int c)
{
    return (v->mix.muted[c / 8] >> (c % 8)) & 1;
}

/* One channel of the sound, as it is. */
static bool read_channel(const PlayVoice *v, int c, int64_t at, int n, float *dst, float *scratch)
{
    bool ok = sono_clip_read(v->sound.clip, c, at, n, dst, NULL) == SONO_OK;
    if (ok && v->sound.minus) {
        ok = sono_clip_read(v->sound.minus, c, at, n, scratch, NULL) == SONO_OK;
        for (int i = 0; ok && i < n; i++) {
            dst[i] -= scratch[i];
        }
    }
    if (!ok) {
        memset(dst, 0, (size_t)n * sizeof *dst);
    }
    return ok;
}

typedef struct Sum {
    const PlayVoice *voice;
    int64_t at;
    int n;
    float *out;     /* float[n]; 0 terms yet: undefined */
    float *scratch; /* float[2][n] */
    int n_terms;
    bool ok;
} Sum;

/* A single term of weight 1 keeps its bits. */
static void add_term(Sum *s, int c, float weight)
{
    if (is_muted(s->voice, c) || weight == 0.0F) {
        return;
    }
    float *to = s->n_terms > 0 ? s->scratch : s->out;
    s->ok = read_channel(s->voice, c, s->at, s->n, to, s->scratch + s->n) && s->ok;
    for (int i = 0; weight != 1.0F && i < s->n; i++) {
        to[i] *= weight;
    }
    for (int i = 0; s->n_terms > 0 && i < s->n; i++) {
        s->out[i] += to[i];
    }
    s->n_terms++;
}

static void end_sum(Sum *s)
{
    if (s->n_terms == 0) {
        memset(s->out, 0, (size_t)s->n * sizeof *s->out);
    }
}

/* One signal of all channels, on every device channel that the clip would reach. */
static bool render_one(const PlayVoice *v, int64_t at, int n, float *const *out, int n_out, float gain, float *scratch)
{
    const int n_in = sono_clip_n_channels(v->sound.clip);
    const int reach = n_in > 2 ? n_in : 2;
    const int n_filled = reach < n_out ? reach : n_out;
    Sum s = {v, at, n, out[0], scratch, 0, true};
    for (int c = 0; c < n_in; c++) {
        const bool minus = v->mix.mode == SONO_CHANNELS_SIDE && c == 1;
        add_term(&s, c, (minus ? -gain : gain) / (float)n_in);
    }
    end_sum(&s);
    for (int d = 1; d < n_out; d++) {
        if (d < n_filled) {
            memcpy(out[d], out[0], (size_t)n * sizeof **out);
        } else {
            memset(out[d], 0, (size_t)n * sizeof **out);
        }
    }
    return s.ok;
}

bool play_voice_render(const PlayVoice *v, int64_t at, int n, float *const *out, int n_out, float *scratch)
{
    const SonoClip *clip = v->sound.clip;
    const double gain_db = v->mix.gain_db < 12.0 ? v->mix.gain_db : 12.0;
    if (!clip || !(gain_db > -60.0) || at >= sono_clip_n_frames(clip) || at + n <= 0) {
        for (int d = 0; d < n_out; d++) {
            memset(out[d], 0, (size_t)n * sizeof **out);
        }
        return true;
    }
    const float gain = gain_db == 0.0 ? 1.0F : (float)pow(10.0, gain_db / 20.0);
    const int n_in = sono_clip_n_channels(clip);
    const bool two = n_in == 2 && (v->mix.mode == SONO_CHANNELS_MID || v->mix.mode == SONO_CHANNELS_SIDE);
    if (n_in == 1 || two || v->mix.mode == SONO_CHANNELS_MONO) {
        return render_one(v, at, n, out, n_out, gain, scratch);
    }
    bool ok = true;
    for (int d = 0; d < n_out; d++) {
        const int n_terms = d < n_in ? (n_in - d - 1) / n_out + 1 : 0;
        Sum s = {v, at, n, out[d], scratch, 0, true};
        for (int c = d; c < n_in; c += n_out) {
            add_term(&s, c, gain / (float)n_terms);
        }
        end_sum(&s);
        ok = s.ok && ok;
    }
    return ok;
}
