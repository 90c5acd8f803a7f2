/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to expect under a mask if nothing had been added there: two estimates of the energy inside, of which the larger
 * counts (each alone can be some 25 dB too low: the bins beside a wide mask, the time beside an onset).
 *   Frequency: for every run of masked bins in a column the median power of as many bins below and above it, over ln 2
 *     (the mean of exponentially distributed power from its median), averaged over a few columns.
 *   Time: the mean spectrum of the columns before the mask, and of those after it, in the mask's bins.
 * A guard of the main lobe and one bin keeps the intruder's own skirt out. */
#include "solver_internal.h"
#include "sono_mem.h"

#include <math.h>
#include <stdatomic.h>

#define MIN_RING_BINS 8
#define LN_2 0.6931471805599453

/* Rows in so many quarters of an atom, rounded up; of windows with a hop of a quarter 4 make 4. */
static size_t rows_in(const SonoPlan *plan, int64_t quarters)
{
    const SolverPitch pitch = solver_row_pitch(plan);
    const int64_t frames = quarters * sono_solve_atom_frames(plan) * pitch.den;
    return (size_t)((frames + 4 * pitch.num - 1) / (4 * pitch.num));
}
static size_t ring_columns(const SonoPlan *plan)
{
    return rows_in(plan, 8);
}
static size_t guard_columns(const SonoPlan *plan)
{
    return rows_in(plan, 3);
}
static size_t smooth_columns(const SonoPlan *plan)
{
    return rows_in(plan, 4);
}

/* Bins that an atom's main lobe reaches on one side, and one. */
static size_t guard_bins(const SonoPlan *plan)
{
    if (plan->axis == SONO_AXIS_TIME) {
        const double bin_hz = plan->rate_hz / (double)plan->atoms[0].n_fft;
        return (size_t)ceil(plan->main_lobe_hz / bin_hz - 1e-9) + 1;
    }
    double most = 1.0;
    for (int32_t i = 1; i < plan->n_atoms; i++) {
        const SonoAtom *a = &plan->atoms[i];
        if (!a->real && !a[-1].real) {
            most = fmax(most, 0.5 * a->width_hz / (a->freq_hz - a[-1].freq_hz));
        }
    }
    return (size_t)ceil(most - 1e-9) + 1;
}

int64_t sono_solve_slice_margin(const SonoPlan *plan)
{
    return (int64_t)(ring_columns(plan) + guard_columns(plan)) + 1;
}

#define MAX_RING_BANDS 24

int32_t sono_solve_band_margin(const SonoPlan *plan, int32_t height)
{
    const int32_t ring = height < MIN_RING_BINS ? MIN_RING_BINS : height > MAX_RING_BANDS ? MAX_RING_BANDS : height;
    return (int32_t)guard_bins(plan) + ring + 1;
}

typedef struct Ring {
    const Solver *s;
    size_t guard, n_on;   /* bins; bins per row of the arrays */
    size_t smooth;        /* columns on both sides */
    float *median, *mean; /* [on rows][n_on] power beside each run; 0 outside runs and where nothing is beside */
    float *local;         /* [on rows][n_on] mean, smoothed */
    _Atomic bool no_memory;
} Ring;

/* The k-th smallest (from 0); reorders v. */
static float select_nth(float *v, size_t n, size_t k)
{
    size_t lo = 0;
    size_t hi = n - 1;
    while (lo < hi) {
        const float pivot = v[lo + (hi - lo) / 2];
        size_t i = lo;
        size_t j = hi;
        for (;;) {
            while (v[i] < pivot) {
                i++;
            }
            while (v[j] > pivot) {
                j--;
            }
            if (i >= j) {
                break;
            }
            const float t = v[i];
            v[i++] = v[j];
            v[j--] = t;
        }
        if (k <= j) {
            hi = j;
        } else {
            lo = j + 1;
        }
    }
    return v[k];
}

static double median_of(float *v, size_t n)
{
    const double upper = (double)select_nth(v, n, n / 2);
    return n % 2 ? upper : 0.5 * (upper + (double)select_nth(v, n, n / 2 - 1));
}

static bool near_masked(const float *m, size_t n_bins, size_t k, size_t guard)
{
    const size_t from = k > guard ? k - guard : 0;
    const size_t to = k + guard < n_bins ? k + guard : n_bins - 1;
    for (size_t j = from; j <= to; j++) {
        if (m[j] > SOLVER_ON) {
            return true;
        }
    }
    return false;
}

typedef struct Beside {
    double median, mean;
    int n_sides;
} Beside;

/* Add one side of a run: bins [from, to) that lie far enough from every masked bin. */
static void add_side(const Ring *ring, const SonoCplx *c, const float *m, size_t from, size_t to, float *v, Beside *b)
{
    size_t n = 0;
    double sum = 0.0;
    for (size_t k = from; k < to; k++) {
        if (!near_masked(m, ring->s->n_bins, k, ring->guard)) {
            v[n] = c[k].re * c[k].re + c[k].im * c[k].im;
            sum += (double)v[n++];
        }
    }
    if (n >= 2) {
        b->median += median_of(v, n) / LN_2;
        b->mean += sum / (double)n;
        b->n_sides++;
    }
}

/* Power beside a run [a, b) of masked bins. DC and Nyquist are no one's surround. */
static Beside beside_run(const Ring *ring, const SonoCplx *c, const float *m, size_t a, size_t b, float *v)
{
    const size_t last = ring->s->n_bins - 1;
    const size_t height = b - a > MIN_RING_BINS ? b - a : MIN_RING_BINS;
    const size_t g = ring->guard;
    Beside beside = {0};
    add_side(ring, c, m, a > g + height ? a - g - height : 1, a > g ? a - g : 1, v, &beside);
    add_side(ring, c, m, b + g, b + g + height < last ? b + g + height : last, v, &beside);
    if (beside.n_sides > 1) {
        beside.median *= 0.5;
        beside.mean *= 0.5;
    }
    return beside;
}

static void ring_row(void *ctx, size_t on_row)
{
    Ring *ring = ctx;
    const Solver *s = ring->s;
    const size_t at = (s->on_row0 + on_row) * s->pitch;
    const float *m = s->p->weights + at;
    float *v = sono_alloc_aligned(s->n_bins, sizeof *v);
    if (!v) {
        atomic_store_explicit(&ring->no_memory, true, memory_order_relaxed);
        return;
    }
    for (size_t a = s->on_bin0; a < s->on_bin1;) {
        if (!(m[a] > SOLVER_ON)) {
            a++;
            continue;
        }
        size_t b = a + 1;
        while (b < s->on_bin1 && m[b] > SOLVER_ON) {
            b++;
        }
        const Beside beside = beside_run(ring, s->p->coef + at, m, a, b, v);
        for (size_t k = a; k < b; k++) {
            ring->median[on_row * ring->n_on + k - s->on_bin0] = (float)beside.median;
            ring->mean[on_row * ring->n_on + k - s->on_bin0] = (float)beside.mean;
        }
        a = b;
    }
    sono_free(v);
}

#define SMOOTH_BINS ((size_t)32) /* bins that one task slides over all columns */

typedef struct Smooth {
    const Ring *ring;
    const float *from;
    float *to;
} Smooth;

/* Mean over the columns around each of those that know something; 0 outside the mask. A sliding sum in double: the cost
 * does not grow with the number of columns in the window, which is large where the hop is small. */
static void smooth_bins(void *ctx, size_t task)
{
    const Smooth *t = ctx;
    const Ring *ring = t->ring;
    const Solver *s = ring->s;
    const size_t n_rows = s->on_row1 - s->on_row0;
    const size_t k0 = task * SMOOTH_BINS;
    const size_t n = ring->n_on - k0 < SMOOTH_BINS ? ring->n_on - k0 : SMOOTH_BINS;
    double sum[SMOOTH_BINS] = {0};
    size_t known[SMOOTH_BINS] = {0};
    for (size_t r = 0; r < n_rows + ring->smooth; r++) {
        if (r < n_rows) { /* a column enters */
            const float *v = t->from + r * ring->n_on + k0;
            for (size_t k = 0; k < n; k++) {
                sum[k] += v[k] > 0.0f ? (double)v[k] : 0.0;
                known[k] += v[k] > 0.0f;
            }
        }
        if (r > 2 * ring->smooth) { /* one leaves */
            const float *v = t->from + (r - 2 * ring->smooth - 1) * ring->n_on + k0;
            for (size_t k = 0; k < n; k++) {
                known[k] -= v[k] > 0.0f;
                sum[k] = known[k] == 0 ? 0.0 : v[k] > 0.0f ? sum[k] - (double)v[k] : sum[k];
            }
        }
        if (r >= ring->smooth) {
            const size_t row = r - ring->smooth;
            const float *m = s->p->weights + (s->on_row0 + row) * s->pitch + s->on_bin0 + k0;
            float *out = t->to + row * ring->n_on + k0;
            for (size_t k = 0; k < n; k++) {
                out[k] = m[k] > SOLVER_ON && known[k] > 0 ? (float)fmax(0.0, sum[k] / (double)known[k]) : 0.0f;
            }
        }
    }
}

static void smooth(const Ring *ring, const float *from, float *to)
{
    Smooth t = {ring, from, to};
    solver_for_rows(ring->s, (ring->n_on + SMOOTH_BINS - 1) / SMOOTH_BINS, smooth_bins, &t);
}

/* Expected energy inside the mask from the smoothed medians of one row. */
static double frequency_row(void *ctx, size_t on_row)
{
    const Ring *ring = ctx;
    const Solver *s = ring->s;
    const float *v = ring->mean + on_row * ring->n_on; /* where they are by now */
    const float *m = s->p->weights + (s->on_row0 + on_row) * s->pitch + s->on_bin0;
    double sum = 0.0;
    for (size_t k = 0; k < ring->n_on; k++) {
        sum += m[k] >= SOLVER_CORE ? (double)v[k] : 0.0;
    }
    return sum;
}

/* Energy inside the mask if every column were like the mean of rows [from, to); occupied[bin]: cells inside the mask */
static double energy_like(const Solver *s, const double *occupied, int64_t from, int64_t to)
{
    double sum = 0.0;
    int64_t n = 0;
    for (int64_t row = from < 0 ? 0 : from; row < to && row < (int64_t)s->n_rows; row++) {
        const int64_t centre = sono_solve_row_frame(s->p->plan, s->p->slices.first + row);
        if (centre < 0 || centre >= s->p->n_frames) {
            continue;
        }
        const SonoCplx *c = s->p->coef + (size_t)row * s->pitch;
        for (size_t k = s->on_bin0; k < s->on_bin1; k++) {
            sum += occupied[k - s->on_bin0] * (double)(c[k].re * c[k].re + c[k].im * c[k].im);
        }
        n++;
    }
    return n > 0 ? sum / (double)n : 0.0;
}

static SonoStatus time_estimate(const Solver *s, double *energy, SonoError *err)
{
    double *occupied = sono_calloc(s->on_bin1 - s->on_bin0, sizeof *occupied);
    if (!occupied) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to measure the surround");
    }
    for (size_t row = s->on_row0; row < s->on_row1; row++) {
        const float *m = s->p->weights + row * s->pitch;
        for (size_t k = s->on_bin0; k < s->on_bin1; k++) {
            occupied[k - s->on_bin0] += m[k] >= SOLVER_CORE ? 1.0 : 0.0;
        }
    }
    const int64_t n = (int64_t)ring_columns(s->p->plan);
    const int64_t guard = (int64_t)guard_columns(s->p->plan);
    const int64_t before = (int64_t)s->on_row0 - guard;
    const int64_t after = (int64_t)s->on_row1 + guard;
    *energy = fmax(s->p->cut_before ? 0.0 : energy_like(s, occupied, before - n, before),
                   s->p->cut_after ? 0.0 : energy_like(s, occupied, after, after + n));
    sono_free(occupied);
    return SONO_OK;
}

SonoStatus solver_surround(const Solver *s, SolverSurround *out, SonoError *err)
{
    const size_t n_rows = s->on_row1 - s->on_row0;
    Ring ring = {
        .s = s, .guard = guard_bins(s->p->plan), .n_on = s->on_bin1 - s->on_bin0, .smooth = smooth_columns(s->p->plan)};
    const size_t n = n_rows * ring.n_on;
    ring.median = sono_alloc_aligned(n, sizeof *ring.median);
    ring.mean = sono_alloc_aligned(n, sizeof *ring.mean);
    ring.local = sono_alloc_aligned(n, sizeof *ring.local);
    double in_time = 0.0;
    SonoStatus status = time_estimate(s, &in_time, err);
    if (status == SONO_OK && ring.median && ring.mean && ring.local) {
        solver_for_rows(s, n_rows, ring_row, &ring);
        smooth(&ring, ring.mean, ring.local);
        smooth(&ring, ring.median, ring.mean); /* the means have done their work */
        out->total = fmax(in_time, solver_sum_rows(s, n_rows, frequency_row, &ring));
        out->local = ring.local;
        ring.local = NULL;
    }
    if (status == SONO_OK && (!out->local || atomic_load_explicit(&ring.no_memory, memory_order_relaxed))) {
        status = sono_fail(err, SONO_E_NOMEM, "no memory to measure the surround of %zu columns", n_rows);
        solver_surround_clear(out);
    }
    sono_free(ring.median);
    sono_free(ring.mean);
    sono_free(ring.local);
    return status;
}

void solver_surround_clear(SolverSurround *surround)
{
    sono_free(surround->local);
    *surround = (SolverSurround){0};
}

SonoStatus solver_run_height(const Solver *s, size_t *height, SonoError *err)
{
    size_t *cells = sono_calloc(s->n_bins + 1, sizeof *cells); /* by height of their run */
    if (!cells) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to measure the mask");
    }
    size_t total = 0;
    for (size_t row = s->on_row0; row < s->on_row1; row++) {
        const float *m = s->p->weights + row * s->pitch;
        size_t run = 0;
        for (size_t k = s->on_bin0; k <= s->on_bin1; k++) {
            if (k < s->on_bin1 && m[k] >= SOLVER_CORE) {
                run++;
                continue;
            }
            cells[run] += run;
            total += run;
            run = 0;
        }
    }
    *height = 0;
    for (size_t seen = 0, h = 1; h <= s->n_bins && 2 * seen < total; h++) {
        seen += cells[h];
        *height = h;
    }
    sono_free(cells);
    return SONO_OK;
}
