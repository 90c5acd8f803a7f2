/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tones under a mask: follow the strongest peak through the columns, subtract its tone, and again while that takes
 * away energy under the mask. What subtraction leaves is still masked, so a bad track costs little and a good one takes
 * its leak along. Thresholds are powers relative to the surround beside the mask. */
#include "solver_internal.h"
#include "sono_mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TRACKS 12
#define MIN_TRACK_ROWS 4
#define MAX_JUMP_BINS 3.0
#define START_RATIO 63.0957344480193 /* 18 dB: a peak worth following */
#define FOLLOW_RATIO 4.0             /* 6 dB: still the peak */
#define MIN_TAKEN 0.3                /* of the energy under the mask, or a tone was not one */
#define MAX_OUTSIDE 0.25             /* of a tone's energy beside the mask, or it is the clean sound's own */
#define MIN_LOWERED_DB 10.0          /* by all tones together, or the intruder is not tonal */

typedef struct Tones {
    const Solver *s;
    const SolverSurround *surround;
    SonoCplx *coef; /* inner rows: V of what is left */
    SonoCplx *next; /* inner rows: V of what would be left without the next tone */
    float *x;       /* pcm_span: what is left; the caller's */
    float *tone;    /* span */
    SolverTrack track;
} Tones;

static float power_at(const Tones *t, size_t row, size_t bin)
{
    const SonoCplx c = t->coef[(row - t->s->in_row0) * t->s->pitch + bin];
    return c.re * c.re + c.im * c.im;
}

/* Inside the mask only; 0 elsewhere. */
static float core_power(const Tones *t, size_t row, size_t bin)
{
    return t->s->p->weights[row * t->s->pitch + bin] >= SOLVER_CORE ? power_at(t, row, bin) : 0.0f;
}

static double expected_at(const Tones *t, size_t row, size_t bin)
{
    const Solver *s = t->s;
    if (bin < s->on_bin0 || bin >= s->on_bin1) {
        return 0.0;
    }
    return (double)t->surround->local[(row - s->on_row0) * (s->on_bin1 - s->on_bin0) + bin - s->on_bin0];
}

/* Vertex of the parabola through the log powers of a peak and its neighbours. */
static double peak_bin(const Tones *t, size_t row, size_t bin)
{
    if (bin < 1 || bin + 2 > t->s->n_bins) {
        return (double)bin;
    }
    const double a = log((double)power_at(t, row, bin - 1) + 1e-30);
    const double b = log((double)power_at(t, row, bin) + 1e-30);
    const double c = log((double)power_at(t, row, bin + 1) + 1e-30);
    const double curve = a - 2.0 * b + c;
    return curve < 0.0 ? (double)bin + fmax(-0.5, fmin(0.5, 0.5 * (a - c) / curve)) : (double)bin;
}

typedef struct Strongest {
    float power;
    size_t row, bin;
} Strongest;

static Strongest strongest_in(const Tones *t, size_t row0, size_t row1, size_t bin0, size_t bin1)
{
    Strongest best = {-1.0f, row0, bin0};
    for (size_t row = row0; row < row1; row++) {
        for (size_t bin = bin0; bin < bin1; bin++) {
            const float power = core_power(t, row, bin);
            if (power > best.power) {
                best = (Strongest){power, row, bin};
            }
        }
    }
    return best;
}

/* Follow the peak from row `from` (bin already known) by step rows at a time; returns the last row it reached. */
static size_t follow(Tones *t, size_t from, int step, double *bins)
{
    const Solver *s = t->s;
    size_t row = from;
    double slope = 0.0;
    for (;;) {
        if (step < 0 ? row == s->on_row0 : row + 1 == s->on_row1) {
            return row;
        }
        const size_t next = step < 0 ? row - 1 : row + 1;
        const double wanted = bins[row] + slope;
        const double lo = fmax((double)s->on_bin0, floor(wanted - MAX_JUMP_BINS));
        const double hi = fmin((double)s->on_bin1, ceil(wanted + MAX_JUMP_BINS) + 1.0);
        if (!(lo < hi)) {
            return row;
        }
        const Strongest peak = strongest_in(t, next, next + 1, (size_t)lo, (size_t)hi);
        if ((double)peak.power <= FOLLOW_RATIO * expected_at(t, next, peak.bin) || peak.power <= 0.0f) {
            return row;
        }
        const double bin = peak_bin(t, next, peak.bin);
        slope = fmax(-MAX_JUMP_BINS, fmin(MAX_JUMP_BINS, bin - bins[row]));
        bins[next] = bin;
        row = next;
    }
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double sorted_median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, compare_doubles);
    return n % 2 ? v[n / 2] : 0.5 * (v[n / 2 - 1] + v[n / 2]);
}

/* Reach of the mask beside the track and what to expect there. below, above: scratch of track->n values. */
static void measure_track(const Tones *t, SolverTrack *track, double *below, double *above)
{
    const Solver *s = t->s;
    for (size_t i = 0; i < track->n; i++) {
        const size_t row = track->row0 + i;
        const float *m = s->p->weights + row * s->pitch;
        const size_t bin = (size_t)(track->bin[i] + 0.5);
        size_t lo = bin;
        size_t hi = bin;
        while (lo > 0 && m[lo - 1] >= SOLVER_CORE) {
            lo--;
        }
        while (hi + 1 < s->n_bins && m[hi + 1] >= SOLVER_CORE) {
            hi++;
        }
        below[i] = solver_below_hz(s, track->bin[i], lo);
        above[i] = solver_above_hz(s, track->bin[i], hi);
        track->expected[i] = solver_noise_ratio(s, bin) * expected_at(t, row, bin);
    }
    track->below_hz = sorted_median(below, track->n);
    track->above_hz = sorted_median(above, track->n);
    for (size_t i = 0; i < track->n; i++) {
        const double before = track->bin[i > 0 ? i - 1 : i];
        const double after = track->bin[i + 1 < track->n ? i + 1 : i];
        const double bin = track->n >= 5 ? 0.25 * before + 0.5 * track->bin[i] + 0.25 * after : track->bin[i];
        track->freq_hz[i] = solver_bin_hz(s, bin);
    }
}

/* The track of the strongest cell left; n 0: none. */
static SonoStatus find_track(Tones *t, SonoError *err)
{
    const Solver *s = t->s;
    SolverTrack *track = &t->track;
    const Strongest peak = strongest_in(t, s->on_row0, s->on_row1, s->on_bin0, s->on_bin1);
    track->n = 0;
    if ((double)peak.power <= START_RATIO * expected_at(t, peak.row, peak.bin) || peak.power <= 0.0f) {
        return SONO_OK;
    }
    double *bins = sono_calloc(3 * s->n_rows, sizeof *bins); /* by row; then scratch for two medians */
    if (!bins) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to follow a tone");
    }
    bins[peak.row] = peak_bin(t, peak.row, peak.bin);
    const size_t last = follow(t, peak.row, 1, bins);
    const size_t first = follow(t, peak.row, -1, bins);
    if (last - first + 1 >= MIN_TRACK_ROWS) {
        track->row0 = first;
        track->n = last - first + 1;
        memcpy(track->bin, bins + first, track->n * sizeof *bins);
        measure_track(t, track, bins + s->n_rows, bins + 2 * s->n_rows);
    }
    sono_free(bins);
    return SONO_OK;
}

/* next = coef - V tone, on the rows the tone touches (the others are equal already). */
static SonoStatus analyse_without(Tones *t, SonoSpan span, SonoSlices *touched, SonoError *err)
{
    const Solver *s = t->s;
    *touched = sono_solve_rows_touching(s->p->plan, span);
    const size_t at = (size_t)(touched->first - s->inner.first) * s->pitch;
    const SonoStatus status = solver_analyse(s, t->tone, span, *touched, t->next + at, err);
    for (size_t i = at; status == SONO_OK && i < at + (size_t)touched->n * s->pitch; i++) {
        t->next[i].re = t->coef[i].re - t->next[i].re;
        t->next[i].im = t->coef[i].im - t->next[i].im;
    }
    return status;
}

/* Share of the tone's energy that the mask lets through, on the rows it touches. */
static double share_outside(const Tones *t, SonoSlices touched)
{
    const Solver *s = t->s;
    const size_t at = (size_t)(touched.first - s->inner.first) * s->pitch;
    const float *m = s->p->weights + solver_inner_at(s);
    double all = 0.0;
    double outside = 0.0;
    for (size_t i = at; i < at + (size_t)touched.n * s->pitch; i++) {
        const float re = t->coef[i].re - t->next[i].re;
        const float im = t->coef[i].im - t->next[i].im;
        const float e = re * re + im * im;
        all += (double)e;
        outside += (double)((1.0f - m[i]) * (1.0f - m[i]) * e);
    }
    return all > 0.0 ? outside / all : 1.0;
}

/* Take the tone of the current track out of what is left; *taken: whether it was worth it. */
static SonoStatus subtract_tone(Tones *t, double *energy, bool *taken, SonoError *err)
{
    const Solver *s = t->s;
    SonoSpan span = {0};
    SonoSlices touched = {0};
    SonoStatus status = solver_extract_tone(s, t->x, &t->track, t->tone, &span, err);
    *taken = false;
    if (status == SONO_OK && span.n_frames > 0) {
        status = analyse_without(t, span, &touched, err);
    }
    if (status != SONO_OK || span.n_frames == 0) {
        return status;
    }
    const double left = solver_masked_energy(s, t->next);
    *taken = left <= (1.0 - MIN_TAKEN) * *energy && share_outside(t, touched) <= MAX_OUTSIDE;
    if (*taken) {
        const size_t at = (size_t)(touched.first - s->inner.first) * s->pitch;
        memcpy(t->coef + at, t->next + at, (size_t)touched.n * s->pitch * sizeof *t->coef);
        float *x = t->x + (span.start_frame - s->p->pcm_span.start_frame);
        for (int64_t i = 0; i < span.n_frames; i++) {
            x[i] -= t->tone[i];
        }
        *energy = left;
    }
    return status;
}

static SonoStatus tones_alloc(Tones *t, SonoError *err)
{
    const Solver *s = t->s;
    t->next = sono_alloc_aligned(s->n_inner, sizeof *t->next);
    t->tone = sono_alloc_aligned((size_t)s->p->span.n_frames, sizeof *t->tone);
    t->track.bin = sono_calloc(s->n_rows, sizeof *t->track.bin);
    t->track.freq_hz = sono_calloc(s->n_rows, sizeof *t->track.freq_hz);
    t->track.expected = sono_calloc(s->n_rows, sizeof *t->track.expected);
    return t->next && t->tone && t->track.bin && t->track.freq_hz && t->track.expected
               ? SONO_OK
               : sono_fail(err, SONO_E_NOMEM, "no memory to take tones out of %lld frames",
                           (long long)s->p->span.n_frames);
}

static void tones_clear(Tones *t)
{
    sono_free(t->next);
    sono_free(t->tone);
    sono_free(t->track.bin);
    sono_free(t->track.freq_hz);
    sono_free(t->track.expected);
}

SonoStatus solver_tones(const Solver *s, const SolverSurround *surround, float *left, SonoCplx *coef_left, int *tones,
                        SonoError *err)
{
    const SonoCplx *coef = s->p->coef + solver_inner_at(s);
    Tones t = {.s = s, .surround = surround, .coef = coef_left, .x = left};
    SonoStatus status = tones_alloc(&t, err);
    *tones = 0;
    if (status == SONO_OK) {
        memcpy(t.coef, coef, s->n_inner * sizeof *coef);
        memcpy(t.next, coef, s->n_inner * sizeof *coef);
        memcpy(t.x, s->p->pcm, (size_t)s->p->pcm_span.n_frames * sizeof *t.x);
    }
    double energy = status == SONO_OK ? solver_masked_energy(s, t.coef) : 0.0;
    while (status == SONO_OK && *tones < MAX_TRACKS) {
        bool taken = false;
        status = solver_check_cancelled(s, err);
        if (status == SONO_OK) {
            status = find_track(&t, err);
        }
        if (status == SONO_OK && t.track.n > 0) {
            status = subtract_tone(&t, &energy, &taken, err);
        }
        if (!taken) {
            break;
        }
        ++*tones;
    }
    if (status == SONO_OK && *tones > 0 &&
        solver_db(solver_core_energy(s, t.coef)) > solver_db(solver_core_energy(s, coef)) - MIN_LOWERED_DB) {
        *tones = 0;
    }
    tones_clear(&t);
    return status;
}
