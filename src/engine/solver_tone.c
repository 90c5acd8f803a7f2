/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One tone out of a sound: z = x e^{-i phi} along a track (phi: the integral of its frequency) moves the tone to 0 Hz,
 * where even a bending one is narrow. A long-window analysis of z keeps the bins inside the mask's reach that stand
 * out of the surround; back in time, the tone is 2 Re(a e^{i phi}). z is complex: its parts are analysed as two real
 * sounds, and Z(f) = X(f) + i Y(f) with X(-f) = conj X(f), Y(-f) = conj Y(f) splits and joins them. */
#include "solver_internal.h"
#include "sono_mem.h"

#include <math.h>

#define KEEP_RATIO 6.309573444801933 /* 8 dB above the surround */
#define TWO_PI 6.283185307179586

typedef struct Tone {
    const Solver *s;
    const SolverTrack *track;
    SonoPlan *plan;    /* of the long windows */
    SonoSlices slices; /* of that plan */
    SonoSpan span;     /* frames of the tone */
    SonoSpan around;   /* frames its analysis sees */
    SonoCplx *turn;    /* e^{i phi} on around */
    float *re, *im;    /* parts of z on around; then of a on span */
    SonoCplx *coef_re, *coef_im;
} Tone;

/* Frames of the long window: 64 to 128 ms, 4096 at 44.1 and 48 kHz. */
static int64_t long_window(double rate_hz)
{
    int64_t n = 64;
    while (n < 65536 && (double)n < 0.064 * rate_hz) {
        n *= 2;
    }
    return n;
}

int64_t sono_solve_pcm_margin(double rate_hz)
{
    return long_window(rate_hz);
}

static SonoStatus long_plan(const Solver *s, SonoPlan **out, SonoError *err)
{
    const SonoTransform *stft = sono_transform_find("stft");
    SonoParams params = sono_params_defaults(stft->params);
    const int64_t n = long_window(s->p->plan->rate_hz);
    params.v[SONO_STFT_SIZE] = (double)n;
    params.v[SONO_STFT_HOP] = (double)(n / 4);
    return sono_engine_plan(s->engine, stft, &params, s->p->plan->rate_hz, s->p->n_frames, out, err);
}

static int64_t row_centre(const Tone *t, size_t track_row)
{
    const SonoSolveProblem *p = t->s->p;
    return sono_solve_row_frame(p->plan, p->slices.first + (int64_t)(t->track->row0 + track_row));
}

/* Value of a per-row curve at a frame: linear between the rows' centres, constant beyond the ends. */
static double curve_at(const Tone *t, const double *v, int64_t frame)
{
    const SolverPitch pitch = solver_row_pitch(t->s->p->plan);
    const int64_t from_first = (frame - row_centre(t, 0)) * pitch.den;
    if (from_first <= 0) {
        return v[0];
    }
    const size_t i = (size_t)(from_first / pitch.num);
    if (i + 1 >= t->track->n) {
        return v[t->track->n - 1];
    }
    return v[i] + (v[i + 1] - v[i]) * (double)(from_first % pitch.num) / (double)pitch.num;
}

/* turn[] over frames [from, to) of around, in which the frequency runs linearly: a rotation whose speed rotates. The
 * phase's origin does not matter, only its course. Returns the rotation after the last frame. */
static SonoCplxD turn_piece(Tone *t, int64_t from, int64_t to, SonoCplxD now)
{
    const double per_hz = TWO_PI / t->s->p->plan->rate_hz;
    const double w0 = per_hz * curve_at(t, t->track->freq_hz, from);
    const double w1 = per_hz * curve_at(t, t->track->freq_hz, to);
    const double bend = (w1 - w0) / (double)(to - from);
    const double norm = 1.0 / sqrt(now.re * now.re + now.im * now.im);
    SonoCplxD speed = {cos(w0), sin(w0)};
    const SonoCplxD change = {cos(bend), sin(bend)};
    now.re *= norm;
    now.im *= norm;
    for (int64_t i = from; i < to; i++) {
        t->turn[i - t->around.start_frame] = (SonoCplx){(float)now.re, (float)now.im};
        now = (SonoCplxD){now.re * speed.re - now.im * speed.im, now.re * speed.im + now.im * speed.re};
        speed = (SonoCplxD){speed.re * change.re - speed.im * change.im, speed.re * change.im + speed.im * change.re};
    }
    return now;
}

static void fill_turn(Tone *t)
{
    const int64_t end = sono_span_end(t->around);
    SonoCplxD now = {1.0, 0.0};
    int64_t at = t->around.start_frame;
    for (size_t i = 0; i < t->track->n && at < end; i++) {
        const int64_t to = row_centre(t, i) < end ? row_centre(t, i) : end;
        if (to > at) {
            now = turn_piece(t, at, to, now);
            at = to;
        }
    }
    if (at < end) {
        (void)turn_piece(t, at, end, now);
    }
}

static SonoStatus tone_open(Tone *t, SonoError *err)
{
    const SonoSolveProblem *p = t->s->p;
    const int64_t reach = t->s->atom_frames / 2;
    const int64_t first = row_centre(t, 0) - reach;
    const int64_t last = row_centre(t, t->track->n - 1) + reach;
    t->span = sono_span_intersect((SonoSpan){first, last - first}, p->span);
    if (t->span.n_frames == 0) {
        return SONO_OK;
    }
    const SonoStatus status = long_plan(t->s, &t->plan, err);
    if (status != SONO_OK) {
        return status;
    }
    t->slices = sono_plan_slices_touching(t->plan, t->span);
    t->around = sono_span_intersect(sono_plan_support(t->plan, t->slices), p->pcm_span);
    const size_t n_coef = (size_t)t->slices.n * t->plan->n_coef;
    t->turn = sono_alloc_aligned((size_t)t->around.n_frames, sizeof *t->turn);
    t->re = sono_alloc_aligned((size_t)t->around.n_frames, sizeof *t->re);
    t->im = sono_alloc_aligned((size_t)t->around.n_frames, sizeof *t->im);
    t->coef_re = sono_alloc_aligned(n_coef, sizeof *t->coef_re);
    t->coef_im = sono_alloc_aligned(n_coef, sizeof *t->coef_im);
    return t->turn && t->re && t->im && t->coef_re && t->coef_im
               ? SONO_OK
               : sono_fail(err, SONO_E_NOMEM, "no memory to take out a tone of %lld frames",
                           (long long)t->span.n_frames);
}

static void tone_close(Tone *t)
{
    sono_plan_unref(t->plan);
    sono_free(t->turn);
    sono_free(t->re);
    sono_free(t->im);
    sono_free(t->coef_re);
    sono_free(t->coef_im);
}

static SonoStatus analyse_demodulated(Tone *t, const float *x, SonoError *err)
{
    fill_turn(t);
    for (int64_t i = 0; i < t->around.n_frames; i++) {
        t->re[i] = x[i] * t->turn[i].re;
        t->im[i] = -x[i] * t->turn[i].im;
    }
    SonoStatus status = sono_engine_analyse(t->s->engine, t->plan, t->re, t->around, t->slices, t->coef_re, err);
    if (status == SONO_OK) {
        status = sono_engine_analyse(t->s->engine, t->plan, t->im, t->around, t->slices, t->coef_im, err);
    }
    return status;
}

static SonoCplx keep_if(SonoCplx z, bool inside, float above)
{
    return inside && z.re * z.re + z.im * z.im > above ? z : (SonoCplx){0.0f, 0.0f};
}

/* Gate Z(f) and Z(-f) of one row in place: inside the mask's reach, and above the surround. */
static void gate_row(void *ctx, size_t row)
{
    Tone *t = ctx;
    const double bin_hz = t->plan->rate_hz / (double)t->plan->atoms[0].n_fft;
    const int64_t frame = (t->slices.first + (int64_t)row) * t->plan->slice_hop;
    const float above = (float)(KEEP_RATIO * curve_at(t, t->track->expected, frame));
    SonoCplx *x = t->coef_re + row * t->plan->n_coef;
    SonoCplx *y = t->coef_im + row * t->plan->n_coef;
    const size_t last = (size_t)t->plan->atoms[0].n_coef - 1;
    x[0] = keep_if((SonoCplx){x[0].re, y[0].re}, true, above); /* both are real at 0 Hz */
    y[0] = (SonoCplx){x[0].im, 0.0f};
    x[0].im = 0.0f;
    for (size_t k = 1; k < t->plan->n_coef; k++) {
        const bool inside_up = k < last && (double)k * bin_hz <= t->track->above_hz;
        const bool inside_down = k < last && (double)k * bin_hz <= t->track->below_hz;
        const SonoCplx up = keep_if((SonoCplx){x[k].re - y[k].im, x[k].im + y[k].re}, inside_up, above);
        const SonoCplx down = keep_if((SonoCplx){x[k].re + y[k].im, y[k].re - x[k].im}, inside_down, above);
        x[k] = (SonoCplx){0.5f * (up.re + down.re), 0.5f * (up.im - down.im)};
        y[k] = (SonoCplx){0.5f * (up.im + down.im), 0.5f * (down.re - up.re)};
    }
}

static double smoothstep(double u)
{
    const double v = fmax(0.0, fmin(1.0, u));
    return v * v * (3.0 - 2.0 * v);
}

/* 2 Re(a e^{i phi}), faded over half a window beyond the first and last column. */
static void remodulate(const Tone *t, float *tone)
{
    const int64_t reach = t->s->atom_frames / 2;
    const int64_t first = row_centre(t, 0);
    const int64_t last = row_centre(t, t->track->n - 1);
    const SonoCplx *turn = t->turn + (t->span.start_frame - t->around.start_frame);
    for (int64_t i = 0; i < t->span.n_frames; i++) {
        tone[i] = 2.0f * (t->re[i] * turn[i].re - t->im[i] * turn[i].im);
    }
    for (int64_t i = 0; i < t->span.n_frames; i++) {
        const int64_t frame = t->span.start_frame + i;
        if (frame < first || frame > last) {
            const int64_t beyond = frame < first ? first - frame : frame - last;
            tone[i] *= (float)smoothstep(1.0 - (double)beyond / (double)reach);
        }
    }
}

SonoStatus solver_extract_tone(const Solver *s, const float *x, const SolverTrack *track, float *tone, SonoSpan *span,
                               SonoError *err)
{
    Tone t = {.s = s, .track = track};
    SonoStatus status = tone_open(&t, err);
    *span = t.span;
    if (status != SONO_OK || t.span.n_frames == 0) {
        goto done;
    }
    status = analyse_demodulated(&t, x + (t.around.start_frame - s->p->pcm_span.start_frame), err);
    if (status != SONO_OK) {
        goto done;
    }
    solver_for_rows(s, (size_t)t.slices.n, gate_row, &t);
    status = sono_engine_synthesise(s->engine, t.plan, t.coef_re, t.slices, t.re, t.span, err);
    if (status == SONO_OK) {
        status = sono_engine_synthesise(s->engine, t.plan, t.coef_im, t.slices, t.im, t.span, err);
    }
    if (status == SONO_OK) {
        remodulate(&t, tone);
    }
done:
    tone_close(&t);
    return status;
}
