/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dabs are instanced rectangles, added up by blending: 1 - (1 - a)(1 - b). */
#include "preview_masks.h"

#include "sono_hash.h"
#include "sono_mem.h"

#include <math.h>
#include <stddef.h>

#define RING_MARGIN_PX 3.0

typedef struct DabInstance {
    float rect_px[4], time[4], freq[4];
} DabInstance;

void preview_masks_init(PreviewMasks *masks)
{
    *masks = (PreviewMasks){0};
    glGenVertexArrays(1, &masks->empty_vao);
    glGenVertexArrays(1, &masks->vao);
    glGenBuffers(1, &masks->vbo);
    glBindVertexArray(masks->vao);
    glBindBuffer(GL_ARRAY_BUFFER, masks->vbo);
    const size_t offsets[] = {offsetof(DabInstance, rect_px), offsetof(DabInstance, time), offsetof(DabInstance, freq)};
    for (GLuint i = 0; i < 3; i++) {
        glEnableVertexAttribArray(i);
        glVertexAttribPointer(i, 4, GL_FLOAT, GL_FALSE, sizeof(DabInstance), (const void *)offsets[i]);
        glVertexAttribDivisor(i, 1);
    }
    glBindVertexArray(0);
    glBindBuffer(GL_ARRAY_BUFFER, 0);
}

void preview_masks_clear(PreviewMasks *masks)
{
    for (int i = 0; i < PREVIEW_MASKS; i++) {
        glDeleteFramebuffers(1, &masks->items[i].fbo);
        glDeleteTextures(1, &masks->items[i].texture);
    }
    mask_textures_clear(&masks->rasters);
    glDeleteVertexArrays(1, &masks->vao);
    glDeleteVertexArrays(1, &masks->empty_vao);
    glDeleteBuffers(1, &masks->vbo);
    *masks = (PreviewMasks){0};
}

static bool try_format(PreviewMask *mask, GLint format, GLenum type)
{
    glActiveTexture(GL_TEXTURE0 + UNIT_MASK);
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

/* Texture and framebuffer of the view's size: 16-bit floats, or 8 bits where those cannot be drawn to. Binds it. */
static SonoStatus aim(PreviewMask *mask, const SonoRenderView *view, SonoError *err)
{
    if (!mask->texture || mask->width_px != view->width_px || mask->height_px != view->height_px) {
        glDeleteTextures(1, &mask->texture);
        glGenTextures(1, &mask->texture);
        if (!mask->fbo) {
            glGenFramebuffers(1, &mask->fbo);
        }
        mask->width_px = view->width_px;
        mask->height_px = view->height_px;
        mask->drawn = false;
        if (!try_format(mask, GL_R16F, GL_FLOAT) && !try_format(mask, GL_R8, GL_UNSIGNED_BYTE)) {
            return sono_fail(err, SONO_E_UNSUPPORTED, "the display cannot draw into a mask of %d x %d pixels",
                             view->width_px, view->height_px);
        }
    }
    glBindFramebuffer(GL_FRAMEBUFFER, mask->fbo);
    glViewport(0, 0, view->width_px, view->height_px);
    glDisable(GL_SCISSOR_TEST);
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
    return (DabInstance){
        .rect_px = {(float)clamp_px(x - r - margin_px, w),
                    (float)clamp_px(sono_freq_axis_position(&view->axis, lo_hz) * h - margin_px, h),
                    (float)clamp_px(x + r + margin_px, w),
                    (float)clamp_px(sono_freq_axis_position(&view->axis, hi_hz) * h + margin_px, h)},
        .time = {(float)(1.0 / r), (float)(-x / r), (float)dab->hardness, (float)dab->opacity},
        .freq = {(float)dab->f_hz, (float)(1.0 / (oct ? dab->radius_oct : dab->radius_hz)), oct ? 1.0f : 0.0f, 0.0f},
    };
}

/* u_axis of shaders/axis.glsl. */
static void axis_uniform(const SonoFreqAxis *axis, float out[3])
{
    const SonoScaleLaw law = sono_scale_laws[axis->scale];
    const double bottom = sono_warp(law, axis->f0_hz);
    out[0] = (float)bottom;
    out[1] = (float)(sono_warp(law, axis->f1_hz) - bottom);
    out[2] = (float)law.shift_hz;
}

static SonoStatus draw_instances(PreviewMasks *mask, GlPrograms *programs, const SonoRenderView *view,
                                 SonoShader shader, const DabInstance *instances, size_t n, float origin_x,
                                 float origin_y, SonoError *err)
{
    const SonoShaderVariant variant = {.shader = shader, .warp = sono_scale_laws[view->axis.scale].warp};
    const GlProgram *p = NULL;
    const SonoStatus status = gl_program_get(programs, &variant, &p, err);
    if (status != SONO_OK) {
        return status;
    }
    float axis[3];
    axis_uniform(&view->axis, axis);
    glUseProgram(p->id);
    glUniform2f(p->view_px, (float)view->width_px, (float)view->height_px);
    glUniform2f(p->origin_px, origin_x, origin_y);
    glUniform3fv(p->axis, 1, axis);
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

static size_t n_items_of(const SonoPreview *preview)
{
    return preview->mask ? 1 : preview->n_dabs;
}

/* The first n_items dabs and masks, as one number. */
static uint64_t hash_items(const SonoRenderView *view, const SonoPreview *previews, size_t n, size_t n_items)
{
    uint64_t hash = mask_hash_view(view);
    for (size_t i = 0; i < n && n_items > 0; i++) {
        const size_t own = n_items_of(&previews[i]);
        const size_t take = own < n_items ? own : n_items;
        hash = previews[i].mask ? mask_hash(previews[i].mask, hash)
                                : sono_hash(previews[i].dabs, take * sizeof *previews[i].dabs, hash);
        n_items -= take;
    }
    return hash;
}

static void grow_bounds(PreviewMask *mask, double left, double bottom, double right, double top)
{
    const int x0 = (int)floor(fmax(left, 0.0));
    const int y0 = (int)floor(fmax(bottom, 0.0));
    const int x1 = (int)ceil(fmin(right, mask->width_px));
    const int y1 = (int)ceil(fmin(top, mask->height_px));
    int *bounds = mask->bounds;
    bounds[0] = x0 < bounds[0] ? x0 : bounds[0];
    bounds[1] = y0 < bounds[1] ? y0 : bounds[1];
    bounds[2] = x1 > bounds[2] ? x1 : bounds[2];
    bounds[3] = y1 > bounds[3] ? y1 : bounds[3];
}

static SonoStatus add_dabs(PreviewMasks *masks, PreviewMask *mask, GlPrograms *programs, const SonoRenderView *view,
                           const SonoDab *dabs, size_t n, SonoError *err)
{
    DabInstance *instances = sono_calloc(n, sizeof *instances);
    if (!instances) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to draw %zu dabs", n);
    }
    for (size_t i = 0; i < n; i++) {
        instances[i] = place_dab(view, &dabs[i], 1.0);
        const float *r = instances[i].rect_px;
        grow_bounds(mask, (double)r[0], (double)r[1], (double)r[2], (double)r[3]);
    }
    glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_COLOR);
    const SonoStatus status = draw_instances(masks, programs, view, SONO_SHADER_DAB, instances, n, 0.0f, 0.0f, err);
    sono_free(instances);
    return status;
}

static SonoStatus add_mask(PreviewMasks *masks, PreviewMask *mask, GlPrograms *programs, const SonoRenderView *view,
                           const SonoMask *added, SonoError *err)
{
    const MaskTexture *raster = NULL;
    SonoStatus status = mask_textures_get(&masks->rasters, MASK_WEIGHTS, added, view, &raster, err);
    if (status != SONO_OK || raster->box.x1 <= raster->box.x0) {
        return status;
    }
    const GlProgram *p = NULL;
    status = gl_program_get(programs, &(SonoShaderVariant){.shader = SONO_SHADER_WEIGHTS}, &p, err);
    if (status != SONO_OK) {
        return status;
    }
    const MaskBox *b = &raster->box;
    grow_bounds(mask, b->x0, b->y0, b->x1, b->y1);
    glActiveTexture(GL_TEXTURE0 + UNIT_MASK);
    glBindTexture(GL_TEXTURE_2D, raster->texture);
    glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_COLOR);
    glEnable(GL_BLEND);
    glBlendEquation(GL_FUNC_ADD);
    glUseProgram(p->id);
    glUniform2f(p->view_px, (float)view->width_px, (float)view->height_px);
    glUniform2f(p->corner_px, (float)b->x0, (float)b->y0);
    glUniform4f(p->rect_px, (float)b->x0, (float)b->y0, (float)b->x1, (float)b->y1);
    glBindVertexArray(masks->empty_vao);
    glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
    glBindVertexArray(0);
    glDisable(GL_BLEND);
    return SONO_OK;
}

/* The texture that holds the first of these items and nothing else, the most of them; or the one used least recently.
 */
static PreviewMask *find_mask(PreviewMasks *masks, const SonoRenderView *view, const SonoPreview *previews, size_t n,
                              size_t n_items)
{
    PreviewMask *best = NULL;
    PreviewMask *oldest = &masks->items[0];
    for (int i = 0; i < PREVIEW_MASKS; i++) {
        PreviewMask *m = &masks->items[i];
        oldest = m->used_at < oldest->used_at ? m : oldest;
        if (m->drawn && m->n_items <= n_items && m->n_items > 0 && (!best || m->n_items > best->n_items) &&
            m->hash == hash_items(view, previews, n, m->n_items)) {
            best = m;
        }
    }
    if (best) {
        return best;
    }
    oldest->drawn = false;
    return oldest;
}

static SonoStatus add_items(PreviewMasks *masks, PreviewMask *mask, GlPrograms *programs, const SonoRenderView *view,
                            const SonoPreview *previews, size_t n, size_t skip, SonoError *err)
{
    SonoStatus status = SONO_OK;
    for (size_t i = 0; i < n && status == SONO_OK; i++) {
        const SonoPreview *p = &previews[i];
        const size_t own = n_items_of(p);
        const size_t old = skip < own ? skip : own;
        skip -= old;
        if (old == own) {
            continue;
        }
        status = p->mask ? add_mask(masks, mask, programs, view, p->mask, err)
                         : add_dabs(masks, mask, programs, view, p->dabs + old, own - old, err);
    }
    return status;
}

SonoStatus preview_masks_draw(PreviewMasks *masks, GlPrograms *programs, const SonoRenderView *view,
                              const SonoPreview *previews, size_t n, const PreviewMask **out, SonoError *err)
{
    size_t n_items = 0;
    for (size_t i = 0; i < n; i++) {
        n_items += n_items_of(&previews[i]);
    }
    PreviewMask *mask = find_mask(masks, view, previews, n, n_items);
    SonoStatus status = aim(mask, view, err);
    if (status != SONO_OK) {
        return status;
    }
    const size_t skip = mask->drawn ? mask->n_items : 0;
    if (!mask->drawn) {
        glClearColor(0.0f, 0.0f, 0.0f, 0.0f);
        glClear(GL_COLOR_BUFFER_BIT);
        mask->bounds[0] = mask->width_px;
        mask->bounds[1] = mask->height_px;
        mask->bounds[2] = mask->bounds[3] = 0;
    }
    if (n_items > skip) {
        status = add_items(masks, mask, programs, view, previews, n, skip, err);
        mask->hash = hash_items(view, previews, n, n_items);
    }
    mask->drawn = status == SONO_OK;
    mask->n_items = n_items;
    mask->used_at = ++masks->clock;
    masks->last = mask;
    *out = mask;
    return status;
}

SonoStatus preview_masks_ring(PreviewMasks *masks, GlPrograms *programs, const SonoRenderView *view, const SonoDab *dab,
                              SonoError *err)
{
    const DabInstance instance = place_dab(view, dab, RING_MARGIN_PX);
    glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    return draw_instances(masks, programs, view, SONO_SHADER_RING, &instance, 1, (float)view->x_px, (float)view->y_px,
                          err);
}
