/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dabs as instanced rectangles, added up by blending: 1 - (1 - a)(1 - b). */
#include "preview_mask.h"

#include "sono_hash.h"
#include "sono_mem.h"

#include <math.h>
#include <stddef.h>

#define RING_MARGIN_PX 3.0

typedef struct DabInstance {
    float rect_px[4], time[4], freq[4];
} DabInstance;

void axis_uniform(const SonoFreqAxis *axis, float out[2])
{
    double bottom = axis->f0_hz;
    double top = axis->f1_hz;
    if (axis->scale == SONO_SCALE_LOG) {
        bottom = log2(bottom);
        top = log2(top);
    } else if (axis->scale == SONO_SCALE_MEL) {
        bottom = log2(1.0 + bottom / 700.0);
        top = log2(1.0 + top / 700.0);
    }
    out[0] = (float)bottom;
    out[1] = (float)(top - bottom);
}

void preview_mask_init(PreviewMask *mask)
{
    *mask = (PreviewMask){0};
    glGenFramebuffers(1, &mask->fbo);
    glGenVertexArrays(1, &mask->vao);
    glGenBuffers(1, &mask->vbo);
    glBindVertexArray(mask->vao);
    glBindBuffer(GL_ARRAY_BUFFER, mask->vbo);
    const size_t offsets[] = {offsetof(DabInstance, rect_px), offsetof(DabInstance, time), offsetof(DabInstance, freq)};
    for (GLuint i = 0; i < 3; i++) {
        glEnableVertexAttribArray(i);
        glVertexAttribPointer(i, 4, GL_FLOAT, GL_FALSE, sizeof(DabInstance), (const void *)offsets[i]);
        glVertexAttribDivisor(i, 1);
    }
    glBindVertexArray(0);
    glBindBuffer(GL_ARRAY_BUFFER, 0);
}

void preview_mask_clear(PreviewMask *mask)
{
    glDeleteFramebuffers(1, &mask->fbo);
    glDeleteTextures(1, &mask->texture);
    glDeleteVertexArrays(1, &mask->vao);
    glDeleteBuffers(1, &mask->vbo);
    *mask = (PreviewMask){0};
}

static bool try_format(PreviewMask *mask, GLint format, GLenum type)
{
    glBindTexture(GL_TEXTURE_2D, mask->texture);
    glTexImage2D(GL_TEXTURE_2D, 0, format, mask->width_px, mask->height_px, 0, GL_RED, type, NULL);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    glBindFramebuffer(GL_FRAMEBUFFER, mask->fbo);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, mask->texture, 0);
    return glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE;
}

/* Texture and framebuffer of the view's size: 16-bit floats, or 8 bits where those cannot be drawn to. */
static SonoStatus resize(PreviewMask *mask, int width_px, int height_px, SonoError *err)
{
    if (mask->texture && mask->width_px == width_px && mask->height_px == height_px) {
        glBindFramebuffer(GL_FRAMEBUFFER, mask->fbo);
        return SONO_OK;
    }
    glDeleteTextures(1, &mask->texture);
    glGenTextures(1, &mask->texture);
    mask->width_px = width_px;
    mask->height_px = height_px;
    mask->drawn = false;
    if (!try_format(mask, GL_R16F, GL_FLOAT) && !try_format(mask, GL_R8, GL_UNSIGNED_BYTE)) {
        return sono_fail(err, SONO_E_UNSUPPORTED, "the display cannot draw into a mask of %d x %d pixels", width_px,
                         height_px);
    }
    return SONO_OK;
}

static double clamp_px(double px, double size)
{
    return fmin(fmax(px, -1.0), size + 1.0);
}

/* Rectangle of a dab in pixels of the view, grown by margin_px and cut just outside the view. */
static DabInstance place_dab(const SonoRenderView *view, const SonoDab *dab, double margin_px)
{
    const double w = view->width_px;
    const double h = view->height_px;
    const bool oct = dab->radius_oct > 0.0;
    const double lo_hz = oct ? dab->f_hz * exp2(-dab->radius_oct) : fmax(0.0, dab->f_hz - dab->radius_hz);
    const double hi_hz = oct ? dab->f_hz * exp2(dab->radius_oct) : dab->f_hz + dab->radius_hz;
    const double x = (dab->t_s - view->t0_s) / view->s_per_px;
    const double r = dab->radius_s / view->s_per_px;
    const bool below = view->axis.scale == SONO_SCALE_LOG && lo_hz < view->axis.f0_hz; /* log of 0 */
    return (DabInstance){
        .rect_px = {(float)clamp_px(x - r - margin_px, w),
                    below ? -1.0f : (float)clamp_px(sono_freq_axis_position(&view->axis, lo_hz) * h - margin_px, h),
                    (float)clamp_px(x + r + margin_px, w),
                    (float)clamp_px(sono_freq_axis_position(&view->axis, fmax(hi_hz, 1e-6)) * h + margin_px, h)},
        .time = {(float)(1.0 / r), (float)(-x / r), (float)dab->hardness, (float)dab->opacity},
        .freq = {(float)dab->f_hz, (float)(1.0 / (oct ? dab->radius_oct : dab->radius_hz)), oct ? 1.0f : 0.0f, 0.0f},
    };
}

static SonoStatus draw_instances(PreviewMask *mask, GlPrograms *programs, const SonoRenderView *view, SonoShader shader,
                                 const DabInstance *instances, size_t n, float origin_x, float origin_y, SonoError *err)
{
    const SonoShaderVariant variant = {.shader = shader, .scale = view->axis.scale};
    const GlProgram *p = NULL;
    const SonoStatus status = gl_program_get(programs, &variant, &p, err);
    if (status != SONO_OK) {
        return status;
    }
    float axis[2];
    axis_uniform(&view->axis, axis);
    glUseProgram(p->id);
    glUniform2f(p->view_px, (float)view->width_px, (float)view->height_px);
    glUniform2f(p->origin_px, origin_x, origin_y);
    glUniform2fv(p->axis, 1, axis);
    glBindVertexArray(mask->vao);
    glBindBuffer(GL_ARRAY_BUFFER, mask->vbo);
    glBufferData(GL_ARRAY_BUFFER, (GLsizeiptr)(n * sizeof *instances), instances, GL_STREAM_DRAW);
    glEnable(GL_BLEND);
    glBlendEquation(GL_FUNC_ADD);
    glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 4, (GLsizei)n);
    glDisable(GL_BLEND);
    glBindBuffer(GL_ARRAY_BUFFER, 0);
    glBindVertexArray(0);
    return SONO_OK;
}

/* The first n_dabs of the previews' dabs, as one number. */
static uint64_t hash_dabs(const SonoRenderView *view, const SonoPreview *previews, size_t n, size_t n_dabs)
{
    const double geometry[] = {view->t0_s, view->s_per_px, view->axis.f0_hz, view->axis.f1_hz,
                               (double)view->axis.scale};
    uint64_t hash = sono_hash(geometry, sizeof geometry, SONO_HASH_SEED);
    for (size_t i = 0; i < n && n_dabs > 0; i++) {
        const size_t take = previews[i].n_dabs < n_dabs ? previews[i].n_dabs : n_dabs;
        hash = sono_hash(previews[i].dabs, take * sizeof *previews[i].dabs, hash);
        n_dabs -= take;
    }
    return hash;
}

static void grow_bounds(int bounds[4], const float rect_px[4], const SonoRenderView *view)
{
    const int x0 = (int)floorf(fmaxf(rect_px[0], 0.0f));
    const int y0 = (int)floorf(fmaxf(rect_px[1], 0.0f));
    const int x1 = (int)ceilf(fminf(rect_px[2], (float)view->width_px));
    const int y1 = (int)ceilf(fminf(rect_px[3], (float)view->height_px));
    bounds[0] = x0 < bounds[0] ? x0 : bounds[0];
    bounds[1] = y0 < bounds[1] ? y0 : bounds[1];
    bounds[2] = x1 > bounds[2] ? x1 : bounds[2];
    bounds[3] = y1 > bounds[3] ? y1 : bounds[3];
}

SonoStatus preview_mask_draw(PreviewMask *mask, GlPrograms *programs, const SonoRenderView *view,
                             const SonoPreview *previews, size_t n, int bounds[4], SonoError *err)
{
    SonoStatus status = resize(mask, view->width_px, view->height_px, err);
    if (status != SONO_OK) {
        return status;
    }
    size_t total = 0;
    for (size_t i = 0; i < n; i++) {
        total += previews[i].n_dabs;
    }
    const bool grows = mask->drawn && mask->n_dabs <= total && hash_dabs(view, previews, n, mask->n_dabs) == mask->hash;
    const size_t skip = grows ? mask->n_dabs : 0;
    DabInstance *fresh = sono_calloc(total - skip, sizeof *fresh);
    if (!fresh) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to draw %zu dabs", total - skip);
    }
    bounds[0] = view->width_px;
    bounds[1] = view->height_px;
    bounds[2] = bounds[3] = 0;
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t d = 0; d < previews[i].n_dabs; d++, at++) {
            const DabInstance instance = place_dab(view, &previews[i].dabs[d], 1.0);
            grow_bounds(bounds, instance.rect_px, view);
            if (at >= skip) {
                fresh[at - skip] = instance;
            }
        }
    }
    glViewport(0, 0, view->width_px, view->height_px);
    glDisable(GL_SCISSOR_TEST);
    if (!grows) {
        glClearColor(0.0f, 0.0f, 0.0f, 0.0f);
        glClear(GL_COLOR_BUFFER_BIT);
    }
    if (total > skip) {
        glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_COLOR);
        status = draw_instances(mask, programs, view, SONO_SHADER_DAB, fresh, total - skip, 0.0f, 0.0f, err);
    }
    sono_free(fresh);
    mask->drawn = status == SONO_OK;
    mask->n_dabs = total;
    mask->hash = hash_dabs(view, previews, n, total);
    return status;
}

SonoStatus preview_mask_ring(PreviewMask *mask, GlPrograms *programs, const SonoRenderView *view, const SonoDab *dab,
                             SonoError *err)
{
    const DabInstance instance = place_dab(view, dab, RING_MARGIN_PX);
    glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    return draw_instances(mask, programs, view, SONO_SHADER_RING, &instance, 1, (float)view->x_px, (float)view->y_px,
                          err);
}
