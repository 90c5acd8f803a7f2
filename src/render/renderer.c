/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A frame: upload what is new, draw the tiles, draw what strokes would change over them, draw the brush's outline. */
#include "sono_renderer.h"

#include "gl_program.h"
#include "preview_mask.h"
#include "tile_textures.h"

#include "sono_mem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const sono_show_names[] = {"level", "phase", NULL};

/* Places of the view that a better tile covers already: cells of one pixel in time (strips come and go one by one) and
 * some in frequency (the tiles of a strip come together). */
#define CELL_PX 4

/* One tile as it will be drawn. */
typedef struct TileDraw {
    const SonoDrawStrip *strip;
    int slot;
    float rect_px[4];
    float time[2], freq[2];
} TileDraw;

struct SonoRenderer {
    TileDraw *draws; /* of this frame, best first */
    size_t n_draws, cap_draws;
    uint8_t *covered;
    size_t n_cells, cells_wide;
    GlPrograms programs;
    TileTextures tiles;
    PreviewMask mask;
    GLuint vao; /* without attributes: rectangles come from uniforms */
    GLuint map_texture;
    const SonoColourMap *map; /* what map_texture holds */
    unsigned target;          /* of the picture that is being drawn */
    char description[160];
    bool software;
};

SonoStatus sono_renderer_new(SonoRenderer **out, SonoError *err)
{
    SonoGlsl language = SONO_GLSL_330_CORE;
    const SonoStatus status = gl_language(&language, err);
    if (status != SONO_OK) {
        return status;
    }
    SonoRenderer *r = sono_calloc(1, sizeof *r);
    if (!r) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the renderer");
    }
    r->programs.language = language;
    tile_textures_init(&r->tiles, language);
    preview_mask_init(&r->mask);
    glGenVertexArrays(1, &r->vao);
    glGenTextures(1, &r->map_texture);
    const char *name = (const char *)glGetString(GL_RENDERER);
    (void)snprintf(r->description, sizeof r->description, "%s, OpenGL%s %d.%d", name ? name : "unknown",
                   language == SONO_GLSL_300_ES ? " ES" : "", epoxy_gl_version() / 10, epoxy_gl_version() % 10);
    r->software = strstr(r->description, "llvmpipe") || strstr(r->description, "softpipe");
    *out = r;
    return SONO_OK;
}

void sono_renderer_free(SonoRenderer *r)
{
    if (!r) {
        return;
    }
    gl_programs_clear(&r->programs);
    tile_textures_clear(&r->tiles);
    preview_mask_clear(&r->mask);
    glDeleteVertexArrays(1, &r->vao);
    glDeleteTextures(1, &r->map_texture);
    sono_free(r->draws);
    sono_free(r->covered);
    sono_free(r);
}

const char *sono_renderer_describe(const SonoRenderer *r)
{
    return r->description;
}

bool sono_renderer_is_software(const SonoRenderer *r)
{
    return r->software;
}

/* Everything that a caller may have left and that changes what we draw. */
static void set_state(void)
{
    glDisable(GL_BLEND);
    glDisable(GL_CULL_FACE);
    glDisable(GL_DEPTH_TEST);
    glDisable(GL_STENCIL_TEST);
    glDisable(GL_SCISSOR_TEST);
    glDisable(GL_DITHER);
    glDisable(GL_SAMPLE_ALPHA_TO_COVERAGE);
    glDisable(GL_SAMPLE_COVERAGE);
    glDisable(GL_RASTERIZER_DISCARD);
    if (epoxy_is_desktop_gl()) {
        glDisable(GL_FRAMEBUFFER_SRGB);
        glDisable(GL_COLOR_LOGIC_OP);
        glPolygonMode(GL_FRONT_AND_BACK, GL_FILL);
    }
    glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
    glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
    glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
    glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
    glPixelStorei(GL_UNPACK_IMAGE_HEIGHT, 0);
    glPixelStorei(GL_UNPACK_SKIP_PIXELS, 0);
    glPixelStorei(GL_UNPACK_SKIP_ROWS, 0);
    glPixelStorei(GL_UNPACK_SKIP_IMAGES, 0);
    for (GLuint unit = 0; unit < 3; unit++) {
        glBindSampler(unit, 0);
    }
}

static void unbind(unsigned target)
{
    for (GLenum unit = 3; unit-- > 0;) {
        glActiveTexture(GL_TEXTURE0 + unit);
        glBindTexture(GL_TEXTURE_2D, 0);
        glBindTexture(GL_TEXTURE_2D_ARRAY, 0);
    }
    glDisable(GL_SCISSOR_TEST);
    glBindVertexArray(0);
    glUseProgram(0);
    glBindFramebuffer(GL_FRAMEBUFFER, target);
}

static void use_map(SonoRenderer *r, const SonoColourMap *map)
{
    glActiveTexture(GL_TEXTURE1);
    glBindTexture(GL_TEXTURE_2D, r->map_texture);
    if (r->map == map) {
        return;
    }
    uint8_t rgba[256][4];
    for (int i = 0; i < 256; i++) {
        memcpy(rgba[i], map->rgb[i], 3);
        rgba[i][3] = 255;
    }
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 256, 1, 0, GL_RGBA, GL_UNSIGNED_BYTE, rgba);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    r->map = map;
}

static float px_between(double px, double size)
{
    return (float)fmin(fmax(px, 0.0), size);
}

/* Pixel row of a frequency, as a border between tiles: the same number for both neighbours. */
static double row_px(const SonoRenderView *view, double freq_hz)
{
    if (view->axis.scale == SONO_SCALE_LOG && freq_hz <= 0.0) {
        return 0.0;
    }
    return sono_freq_axis_position(&view->axis, freq_hz) * view->height_px;
}

/* Texel column c of a level stands for slices [c, c + 1) * 2^level, each from half a hop before its centre to half a
 * hop after it; rows likewise. Inside the 256 x 256 tile the first column is at 1, after the gutter. */
static bool place_tile(const SonoFrame *frame, const SonoDrawStrip *s, int32_t tile, TileDraw *out)
{
    const SonoRenderView *v = &frame->view;
    const SonoStripKey *key = &s->strip->key;
    const double hop_s = (double)frame->plan->slice_hop / frame->plan->rate_hz;
    const double bin_hz = sono_plan_freq_hz(frame->plan, 1) - sono_plan_freq_hz(frame->plan, 0);
    const double col_s = ldexp(hop_s, key->level_t);
    const double row_hz = ldexp(bin_hz, key->level_f);
    const double col0 = (double)key->x * SONO_TILE_INNER;
    const double row0 = (double)tile * SONO_TILE_INNER;
    const double row1 = fmin(row0 + SONO_TILE_INNER, s->strip->n_rows);

    const double sound0_px = -v->t0_s / v->s_per_px;
    const double sound1_px = (v->end_s - v->t0_s) / v->s_per_px;
    const double x0 = (col0 * col_s - 0.5 * hop_s - v->t0_s) / v->s_per_px;
    const double x1 = ((col0 + SONO_TILE_INNER) * col_s - 0.5 * hop_s - v->t0_s) / v->s_per_px;
    const double y0 = row_px(v, fmax(0.0, row0 * row_hz - 0.5 * bin_hz));
    const double y1 = row_px(v, row1 * row_hz - 0.5 * bin_hz + (row1 < s->strip->n_rows ? 0.0 : bin_hz));
    *out = (TileDraw){
        .strip = s,
        .rect_px = {px_between(fmax(x0, sound0_px), v->width_px),
                    px_between(fmax(y0, s->p0 * v->height_px), v->height_px),
                    px_between(fmin(x1, sound1_px), v->width_px),
                    px_between(fmin(y1, s->p1 * v->height_px), v->height_px)},
        .time = {(float)(v->s_per_px / col_s), (float)((v->t0_s + 0.5 * hop_s) / col_s - col0 + 1.0)},
        .freq = {(float)(1.0 / row_hz), (float)(0.5 * bin_hz / row_hz - row0 + 1.0)},
    };
    return out->rect_px[2] > out->rect_px[0] && out->rect_px[3] > out->rect_px[1];
}

/* First cell whose centre is at or after px. */
static size_t cell_at(float px, float size_px)
{
    const float cell = ceilf(px / size_px - 0.5f);
    return cell > 0.0f ? (size_t)cell : 0;
}

/* Narrow the rectangle to what no better tile covers; false: nothing is left. */
static bool narrow_to_uncovered(const SonoRenderer *r, float rect_px[4])
{
    const size_t x1 = cell_at(rect_px[2], 1.0f);
    const size_t y1 = cell_at(rect_px[3], CELL_PX);
    size_t lo_x = SIZE_MAX;
    size_t lo_y = SIZE_MAX;
    size_t hi_x = 0;
    size_t hi_y = 0;
    if (rect_px[3] - rect_px[1] < 2.0f * CELL_PX) { /* may lie between the cells' centres; costs nothing to draw */
        return true;
    }
    for (size_t y = cell_at(rect_px[1], CELL_PX); y < y1; y++) {
        for (size_t x = cell_at(rect_px[0], 1.0f); x < x1; x++) {
            if (!r->covered[y * r->cells_wide + x]) {
                lo_x = x < lo_x ? x : lo_x;
                hi_x = x > hi_x ? x : hi_x;
                lo_y = y < lo_y ? y : lo_y;
                hi_y = y;
            }
        }
    }
    if (lo_x == SIZE_MAX) {
        return false;
    }
    rect_px[0] = fmaxf(rect_px[0], (float)lo_x);
    rect_px[1] = fmaxf(rect_px[1], (float)lo_y * CELL_PX - CELL_PX);
    rect_px[2] = fminf(rect_px[2], (float)hi_x + 1.0f);
    rect_px[3] = fminf(rect_px[3], (float)hi_y * CELL_PX + 2 * CELL_PX);
    return true;
}

static void mark_covered(SonoRenderer *r, const float rect_px[4])
{
    const size_t x0 = cell_at(rect_px[0], 1.0f);
    const size_t x1 = cell_at(rect_px[2], 1.0f);
    const size_t y1 = cell_at(rect_px[3], CELL_PX);
    for (size_t y = cell_at(rect_px[1], CELL_PX); y < y1 && x1 > x0; y++) {
        memset(r->covered + y * r->cells_wide + x0, 1, x1 - x0);
    }
}

static SonoStatus reset_cover(SonoRenderer *r, const SonoRenderView *v, SonoError *err)
{
    r->cells_wide = (size_t)v->width_px + 1;
    const size_t n = r->cells_wide * ((size_t)v->height_px / CELL_PX + 1);
    if (n > r->n_cells) {
        uint8_t *more = sono_realloc_array(r->covered, n, 1);
        if (!more) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for the picture");
        }
        r->covered = more;
        r->n_cells = n;
    }
    memset(r->covered, 0, n);
    r->n_draws = 0;
    return SONO_OK;
}

static SonoStatus add_draw(SonoRenderer *r, const TileDraw *draw, SonoError *err)
{
    if (r->n_draws == r->cap_draws) {
        const size_t cap = r->cap_draws ? 2 * r->cap_draws : 128;
        TileDraw *more = sono_realloc_array(r->draws, cap, sizeof *more);
        if (!more) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for the picture");
        }
        r->draws = more;
        r->cap_draws = cap;
    }
    r->draws[r->n_draws++] = *draw;
    return SONO_OK;
}

/* The slot of a tile, uploaded if it is not there (or only provisionally) and this frame may; -1: not in this frame. */
static int get_slot(SonoRenderer *r, const SonoFrame *frame, const SonoStrip *strip, int32_t tile,
                    SonoFrameReport *report)
{
    const int slot = tile_textures_find(&r->tiles, &strip->key, tile);
    if (slot >= 0 && (strip->provisional || !r->tiles.slots[slot].provisional)) {
        return slot;
    }
    if (frame->max_uploads > 0 && report->n_uploaded >= frame->max_uploads) {
        report->n_waiting++;
        return slot;
    }
    const int uploaded = tile_textures_upload(&r->tiles, strip, tile);
    report->n_uploaded += uploaded >= 0;
    return uploaded >= 0 ? uploaded : slot;
}

/* What will be drawn, best first (the list has the best last): of each tile what better ones leave open. */
static SonoStatus choose_tiles(SonoRenderer *r, const SonoFrame *frame, SonoFrameReport *report, SonoError *err)
{
    SonoStatus status = reset_cover(r, &frame->view, err);
    glActiveTexture(GL_TEXTURE0);
    for (size_t i = frame->n_strips; i-- > 0 && status == SONO_OK;) {
        const SonoDrawStrip *s = &frame->strips[i];
        for (int32_t tile = 0; tile < s->strip->n_tiles && status == SONO_OK; tile++) {
            TileDraw draw = {0};
            if (!place_tile(frame, s, tile, &draw) || !narrow_to_uncovered(r, draw.rect_px)) {
                continue;
            }
            draw.slot = get_slot(r, frame, s->strip, tile, report);
            if (draw.slot >= 0) {
                mark_covered(r, draw.rect_px);
                status = add_draw(r, &draw, err);
            }
        }
    }
    return status;
}

static SonoStatus draw_tile(SonoRenderer *r, const SonoFrame *frame, const TileDraw *draw, const SonoPreview *preview,
                            SonoError *err)
{
    const SonoRenderView *v = &frame->view;
    const SonoShaderVariant variant = {.shader = SONO_SHADER_TILE,
                                       .scale = v->axis.scale,
                                       .taps_t = draw->strip->taps_t,
                                       .taps_f = draw->strip->taps_f,
                                       .operation = preview ? preview->operation : NULL};
    const GlProgram *p = NULL;
    const SonoStatus status = gl_program_get(&r->programs, &variant, &p, err);
    if (status != SONO_OK) {
        return status;
    }
    float axis[2];
    axis_uniform(&v->axis, axis);
    const double per_db = 1.0 / (v->ceiling_db - v->floor_db);
    glUseProgram(p->id);
    glUniform4fv(p->rect_px, 1, draw->rect_px);
    glUniform2f(p->view_px, (float)v->width_px, (float)v->height_px);
    glUniform2f(p->origin_px, (float)v->x_px, (float)v->y_px);
    glUniform2fv(p->axis, 1, axis);
    glUniform2fv(p->time, 1, draw->time);
    glUniform2fv(p->freq, 1, draw->freq);
    glUniform2f(p->range, (float)per_db, (float)(-v->floor_db * per_db));
    glUniform1f(p->layer, tile_textures_layer(draw->slot));
    if (preview) {
        glUniform4fv(p->args, 1, preview->args);
    }
    glActiveTexture(GL_TEXTURE0);
    glBindTexture(GL_TEXTURE_2D_ARRAY, tile_textures_array(&r->tiles, draw->slot));
    glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
    return SONO_OK;
}

/* The best last. */
static SonoStatus draw_tiles(SonoRenderer *r, const SonoFrame *frame, const SonoPreview *preview, SonoError *err)
{
    SonoStatus status = SONO_OK;
    glBindVertexArray(r->vao);
    for (size_t i = r->n_draws; i-- > 0 && status == SONO_OK;) {
        status = draw_tile(r, frame, &r->draws[i], preview, err);
    }
    glBindVertexArray(0);
    return status;
}

static void aim(unsigned target, const SonoRenderView *view)
{
    glBindFramebuffer(GL_FRAMEBUFFER, target);
    glViewport(view->x_px, view->y_px, view->width_px, view->height_px);
    glScissor(view->x_px, view->y_px, view->width_px, view->height_px);
    glEnable(GL_SCISSOR_TEST);
}

static bool same_effect(const SonoPreview *a, const SonoPreview *b)
{
    return a->operation == b->operation && memcmp(a->args, b->args, sizeof a->args) == 0;
}

/* Draw the tiles again where strokes have weight, with the operation applied. */
static SonoStatus draw_previews(SonoRenderer *r, unsigned target, const SonoFrame *frame, SonoError *err)
{
    const SonoRenderView *v = &frame->view;
    SonoStatus status = SONO_OK;
    for (size_t i = 0; i < frame->n_previews && status == SONO_OK;) {
        size_t n = 1;
        while (i + n < frame->n_previews && same_effect(&frame->previews[i], &frame->previews[i + n])) {
            n++;
        }
        int b[4] = {0};
        glActiveTexture(GL_TEXTURE2);
        status = preview_mask_draw(&r->mask, &r->programs, v, &frame->previews[i], n, b, err);
        aim(target, v);
        if (status == SONO_OK && b[2] > b[0] && b[3] > b[1]) {
            glScissor(v->x_px + b[0], v->y_px + b[1], b[2] - b[0], b[3] - b[1]);
            glActiveTexture(GL_TEXTURE2);
            glBindTexture(GL_TEXTURE_2D, r->mask.texture);
            status = draw_tiles(r, frame, &frame->previews[i], err);
        }
        i += n;
    }
    return status;
}

SonoStatus sono_renderer_begin(SonoRenderer *r, unsigned target, int width_px, int height_px, int reduce,
                               const float background_rgb[3], SonoError *err)
{
    if (width_px <= 0 || height_px <= 0 || reduce < 1) {
        return sono_fail(err, SONO_E_INVALID, "a picture of %d x %d pixels cannot be drawn", width_px, height_px);
    }
    while (glGetError() != GL_NO_ERROR) { /* someone else's */
    }
    set_state();
    r->tiles.frame++;
    r->target = target;
    glBindFramebuffer(GL_FRAMEBUFFER, target);
    glViewport(0, 0, width_px, height_px);
    glClearColor(background_rgb[0], background_rgb[1], background_rgb[2], 1.0f);
    glClear(GL_COLOR_BUFFER_BIT);
    return SONO_OK;
}

SonoStatus sono_renderer_draw(SonoRenderer *r, const SonoFrame *frame, SonoFrameReport *report, SonoError *err)
{
    SonoFrameReport local = {0};
    const SonoRenderView *v = &frame->view;
    if (v->width_px <= 0 || v->height_px <= 0 || !(v->s_per_px > 0.0) || !(v->ceiling_db > v->floor_db)) {
        return sono_fail(err, SONO_E_INVALID, "a view of %d x %d pixels cannot be drawn", v->width_px, v->height_px);
    }
    SonoStatus status = choose_tiles(r, frame, &local, err);
    use_map(r, v->map);
    aim(r->target, v);
    local.n_drawn = (int)r->n_draws;
    if (status == SONO_OK) {
        status = draw_tiles(r, frame, NULL, err);
    }
    if (status == SONO_OK) {
        status = draw_previews(r, r->target, frame, err);
    }
    aim(r->target, v);
    if (status == SONO_OK && frame->cursor) {
        status = preview_mask_ring(&r->mask, &r->programs, v, frame->cursor, err);
    }
    if (report) {
        *report = local;
    }
    return status;
}

SonoStatus sono_renderer_end(SonoRenderer *r, SonoError *err)
{
    unbind(r->target);
    const GLenum gl_error = glGetError();
    if (gl_error != GL_NO_ERROR) {
        return sono_fail(err, gl_error == GL_OUT_OF_MEMORY ? SONO_E_NOMEM : SONO_E_DEVICE,
                         "the display's driver reported OpenGL error 0x%04x (%s)", gl_error, r->description);
    }
    return SONO_OK;
}

SonoStatus sono_renderer_read_mask(SonoRenderer *r, float *weights, SonoError *err)
{
    if (!r->mask.drawn) {
        return sono_fail(err, SONO_E_INVALID, "no preview was drawn");
    }
    const size_t n = (size_t)r->mask.width_px * (size_t)r->mask.height_px;
    float *rgba = sono_calloc(n, 4 * sizeof *rgba);
    if (!rgba) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to read the mask");
    }
    glBindFramebuffer(GL_FRAMEBUFFER, r->mask.fbo);
    glReadPixels(0, 0, r->mask.width_px, r->mask.height_px, GL_RGBA, GL_FLOAT, rgba);
    glBindFramebuffer(GL_FRAMEBUFFER, 0);
    for (size_t i = 0; i < n; i++) {
        weights[i] = rgba[4 * i];
    }
    sono_free(rgba);
    return SONO_OK;
}
