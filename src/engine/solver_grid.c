/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the rows and bins of a problem lie, of TIME and of FREQ plans. */
#include "solver_internal.h"

#include "band_rows.h"

#include <math.h>

#define MIN_BANDS 4
#define MAX_SLICE_COEFS ((size_t)1 << 24)

bool sono_solve_takes(const SonoPlan *plan)
{
    if (plan->axis == SONO_AXIS_TIME) {
        return plan->n_atoms == 1;
    }
    int32_t n_bands = 0;
    for (int32_t i = 0; i < plan->n_atoms; i++) {
        if (plan->atoms[i].n_fft != plan->atoms[0].n_fft) {
            return false;
        }
        n_bands += !plan->atoms[i].real;
    }
    return n_bands >= MIN_BANDS && plan->n_coef <= MAX_SLICE_COEFS;
}

size_t sono_solve_pitch(const SonoPlan *plan)
{
    return plan->axis == SONO_AXIS_TIME ? plan->n_coef : ((size_t)plan->n_atoms + 7) / 8 * 8;
}

/* The main lobe of cos^p over a width of w Hz is (p + 2) / w seconds long. That of a band a quarter of the way up:
 * there are some below the mask, for its surround. */
int64_t sono_solve_atom_frames(const SonoPlan *plan)
{
    if (plan->axis == SONO_AXIS_TIME) {
        return plan->slice_len;
    }
    const SonoAtom *a = &plan->atoms[plan->n_atoms / 4];
    a += a->real && plan->n_atoms > 1;
    const double frames = (double)(plan->band_power + 2) / a->width_hz * plan->rate_hz;
    return frames < (double)plan->slice_len ? (int64_t)ceil(frames) : plan->slice_len;
}

SolverPitch solver_row_pitch(const SonoPlan *plan)
{
    return plan->axis == SONO_AXIS_TIME ? (SolverPitch){plan->slice_hop, 1}
                                        : (SolverPitch){plan->slice_len, plan->atoms[0].n_fft};
}

int64_t sono_solve_row_frame(const SonoPlan *plan, int64_t row)
{
    return plan->axis == SONO_AXIS_TIME ? row * plan->slice_hop : (int64_t)floor(band_rows_frame(plan, row));
}

SonoSlices sono_solve_rows_touching(const SonoPlan *plan, SonoSpan frames)
{
    if (plan->axis == SONO_AXIS_TIME) {
        return sono_plan_slices_touching(plan, frames);
    }
    if (frames.n_frames <= 0) {
        return (SonoSlices){0, 0};
    }
    const int64_t reach = sono_solve_atom_frames(plan);
    const int64_t n_fft = plan->atoms[0].n_fft;
    const int64_t first = band_rows_ceil_div((frames.start_frame - reach) * n_fft, plan->slice_len);
    const int64_t end = band_rows_ceil_div((sono_span_end(frames) + reach) * n_fft, plan->slice_len);
    return (SonoSlices){first, end - first};
}

static double time_bin_hz(const SonoPlan *plan)
{
    return plan->rate_hz / (double)plan->atoms[0].n_fft;
}

double solver_bin_hz(const Solver *s, double bin)
{
    const SonoPlan *plan = s->p->plan;
    if (plan->axis == SONO_AXIS_TIME) {
        return bin * time_bin_hz(plan);
    }
    const double below = fmin(fmax(floor(bin), 0.0), (double)(plan->n_atoms - 2));
    const SonoAtom *a = &plan->atoms[(int32_t)below];
    return a[0].freq_hz + (bin - below) * (a[1].freq_hz - a[0].freq_hz);
}

double solver_below_hz(const Solver *s, double bin, size_t lo)
{
    return s->p->plan->axis == SONO_AXIS_TIME ? (bin - (double)lo + 0.5) * time_bin_hz(s->p->plan)
                                              : solver_bin_hz(s, bin) - solver_bin_hz(s, (double)lo - 0.5);
}

double solver_above_hz(const Solver *s, double bin, size_t hi)
{
    return s->p->plan->axis == SONO_AXIS_TIME ? ((double)hi + 0.5 - bin) * time_bin_hz(s->p->plan)
                                              : solver_bin_hz(s, (double)hi + 0.5) - solver_bin_hz(s, bin);
}

double solver_noise_ratio(const Solver *s, size_t bin)
{
    const SonoPlan *plan = s->p->plan;
    if (plan->axis == SONO_AXIS_TIME) {
        return 1.0;
    }
    const SonoAtom *a = &plan->atoms[bin];
    double sum = 0.0;
    for (int32_t i = 0; i < a->length; i++) {
        const double w = plan->window[a->tap_at + (size_t)i];
        sum += w * w;
    }
    return 0.375 / (sum * (double)plan->slice_len);
}
