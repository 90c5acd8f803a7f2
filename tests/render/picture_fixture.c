/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "picture_fixture.h"
#include "sono_test.h"

#include "sono_mem.h"
#include "sono_tile.h"
#include "sono_transform.h"

#include <math.h>
#include <string.h>

#define RATE 24000
#define N_FRAMES ((int64_t)4 * RATE)
#define TAU 6.283185307179586

void picture_open(PictureFixture *f, SonoGlsl language, int width_px, int height_px)
{
    SonoError err = {0};
    *f = (PictureFixture){0};
    gl_context_open(&f->gl, language, width_px, height_px, GL_RGBA8);
    assert_ok(sono_renderer_new(&f->renderer, &err), err);
    assert_ok(sono_engine_new("cpu", 2, &f->engine, &err), err);
    f->rgba = sono_calloc((size_t)width_px * (size_t)height_px, 4);
    assert_non_null(f->rgba);
}

void picture_close(PictureFixture *f)
{
    sono_engine_free(f->engine);
    sono_renderer_free(f->renderer);
    gl_context_close(&f->gl);
    sono_free(f->rgba);
}

SonoPlan *picture_plan(PictureFixture *f, double rate_hz)
{
    SonoError err = {0};
    SonoPlan *plan = NULL;
    const SonoTransform *stft = sono_transform_find("stft");
    const SonoParams params = sono_params_defaults(stft->params);
    assert_ok(sono_engine_plan(f->engine, stft, &params, rate_hz, 0, &plan, &err), err);
    return plan;
}

static SonoStatus read_sound(void *ctx, int channel, int64_t start_frame, int64_t n_frames, float *dst, SonoError *err)
{
    (void)err;
    memcpy(dst, (const float *)ctx + channel * N_FRAMES + start_frame, (size_t)n_frames * sizeof *dst);
    return SONO_OK;
}

static double sample(int channel, double t, uint64_t *seed)
{
    const double noise = (double)sono_test_noise(seed);
    const double glide = sin(TAU * (400.0 * t + (channel == 0 ? 500.0 : -40.0) * t * t));
    double tone = 0.0;
    for (int k = 1; k <= 12; k++) {
        tone += sin(TAU * 220.0 * k * t + 6.0 * sin(TAU * 5.0 * t) * k / 12.0) / k;
    }
    const double beat = fmod(t, 0.5);
    const double hit = noise * exp(-40.0 * beat);
    const double loud = channel == 0 ? (t > 1.0 && t < 2.2 ? 0.15 : 0.0) : (t > 2.5 ? 0.15 : 0.0);
    return 0.2 * glide + loud * tone + 0.1 * hit + 0.002 * noise;
}

SonoPcmReader picture_new_sound(float gain)
{
    float *pcm = sono_calloc(2 * (size_t)N_FRAMES, sizeof *pcm);
    assert_non_null(pcm);
    uint64_t seed = 5;
    for (int channel = 0; channel < 2; channel++) {
        for (int64_t i = 0; i < N_FRAMES; i++) {
            const double t = (double)i / RATE;
            const bool silent = t > 2.9 && t < 3.1 && channel == 0;
            pcm[channel * N_FRAMES + i] = silent ? 0.0f : gain * (float)sample(channel, t, &seed);
        }
        pcm[channel * N_FRAMES + N_FRAMES / 4] = 0.9f * gain;
    }
    return (SonoPcmReader){
        .ctx = pcm, .read = read_sound, .rate_hz = RATE, .n_channels = 2, .n_frames = N_FRAMES, .revision = 1};
}

void picture_free_sound(SonoPcmReader *reader)
{
    sono_free(reader->ctx);
    reader->ctx = NULL;
}

SonoRenderView picture_view(const PictureFixture *f, const SonoPcmReader *reader, SonoAxisScale scale)
{
    const double end_s = (double)reader->n_frames / reader->rate_hz;
    return (SonoRenderView){.width_px = f->gl.width_px,
                            .height_px = f->gl.height_px,
                            .s_per_px = end_s / f->gl.width_px,
                            .end_s = end_s,
                            .axis = {scale, scale == SONO_SCALE_LOG ? 40.0 : 0.0, 0.5 * reader->rate_hz},
                            .floor_db = -110.0,
                            .ceiling_db = 0.0,
                            .map = sono_colour_maps[0]};
}

void picture_lane(PictureFixture *f, PictureLane *lane, const SonoPlan *plan, const SonoPcmReader *reader, int channel,
                  const SonoRenderView *view)
{
    SonoError err = {0};
    *lane = (PictureLane){.frame = {.view = *view, .channel = channel, .plan = plan, .strips = lane->draws}};
    const SonoViewLevels l = sono_view_levels(view, plan);
    for (int i = 0; i < l.n_bands; i++) {
        const SonoLevelBand *band = &l.bands[i];
        for (int64_t x = l.x0; x < l.x1; x++) {
            const SonoStripKey key = {reader->revision, plan->key, channel, l.level_t, band->level_f, x};
            SonoStrip *strip = NULL;
            assert_ok(sono_strip_make(f->engine, plan, reader, key, false, NULL, (SonoSpan){0, 0}, NULL, &strip, &err),
                      err);
            assert_true(lane->frame.n_strips < PICTURE_MAX_STRIPS);
            lane->draws[lane->frame.n_strips++] =
                (SonoDrawStrip){strip, plan, band->p0, band->p1, l.taps_t, band->taps_f, false, 0.0, 0.0};
        }
    }
}

void picture_clear_lane(PictureLane *lane)
{
    for (size_t i = 0; i < lane->frame.n_strips; i++) {
        sono_strip_unref(lane->draws[i].strip);
    }
    lane->frame.n_strips = 0;
}

SonoFrameReport picture_draw(PictureFixture *f, const PictureLane *const *lanes, int n_lanes, int reduce)
{
    static const float background[3] = {0.1f, 0.2f, 0.4f};
    SonoFrameReport sum = {0};
    SonoError err = {0};
    const int width = f->gl.width_px;
    const int height = f->gl.height_px;
    assert_ok(sono_renderer_begin(f->renderer, f->gl.fbo, width, height, reduce, background, &err), err);
    for (int i = 0; i < n_lanes; i++) {
        SonoFrameReport report = {0};
        assert_ok(sono_renderer_draw(f->renderer, &lanes[i]->frame, &report, &err), err);
        sum.n_uploaded += report.n_uploaded;
        sum.n_waiting += report.n_waiting;
        sum.n_drawn += report.n_drawn;
    }
    assert_ok(sono_renderer_end(f->renderer, &err), err);
    glBindFramebuffer(GL_FRAMEBUFFER, f->gl.fbo);
    glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, f->rgba);
    assert_int_equal(glGetError(), GL_NO_ERROR);
    return sum;
}

size_t picture_at(const PictureFixture *f, int x, int y)
{
    return 4 * ((size_t)y * (size_t)f->gl.width_px + (size_t)x);
}
