/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A picture: lane by lane upload what is new, draw the tiles, draw what edits would change over them, then the
 * selection and the brush's outline. */
#include "sono_renderer.h"

#include "preview_masks.h"
#include "selection_marks.h"
#include "small_picture.h"
#include "tile_painter.h"

#include "sono_mem.h"

#include <stdio.h>
#include <string.h>

#define MAX_MASKS_SHOWN (MASK_TEXTURES - 2) /* room for selections */

struct SonoRenderer {
    GlPrograms programs;
    TileTextures tiles;
    ColourTextures colours;
    TileCover cover; /* of the lane being drawn */
    TilePainter painter;
    PreviewMasks masks;
    SmallPictures small;
    SonoPreview *shown; /* previews of the lane being drawn */
    size_t n_shown, cap_shown;
    unsigned target; /* of the picture being drawn, and the rest of sono_renderer_begin */
    int reduce;
    float background[3];
    char description[160];
    bool software;
};

bool sono_gl_is_software(void)
{
    const char *name = (const char *)glGetString(GL_RENDERER);
    return name && (strstr(name, "llvmpipe") || strstr(name, "softpipe"));
}

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
    r->reduce = 1;
    tile_textures_init(&r->tiles);
    colour_textures_init(&r->colours);
    tile_painter_init(&r->painter);
    preview_masks_init(&r->masks);
    const char *name = (const char *)glGetString(GL_RENDERER);
    (void)snprintf(r->description, sizeof r->description, "%s, OpenGL%s %d.%d", name ? name : "unknown",
                   language == SONO_GLSL_300_ES ? " ES" : "", epoxy_gl_version() / 10, epoxy_gl_version() % 10);
    r->software = sono_gl_is_software();
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
    colour_textures_clear(&r->colours);
    tile_cover_clear(&r->cover);
    tile_painter_clear(&r->painter);
    preview_masks_clear(&r->masks);
    small_pictures_clear(&r->small);
    sono_free(r->shown);
    sono_free(r);
}

const char *sono_renderer_describe(const SonoRenderer *r)
{
    return r->description;
}

int sono_renderer_n_programs(const SonoRenderer *r)
{
    return r->programs.n;
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
    for (GLuint unit = 0; unit < N_UNITS; unit++) {
        glBindSampler(unit, 0);
    }
}

static void unbind(unsigned target)
{
    for (GLenum unit = N_UNITS; unit-- > 0;) {
        glActiveTexture(GL_TEXTURE0 + unit);
        glBindTexture(GL_TEXTURE_2D, 0);
        glBindTexture(GL_TEXTURE_2D_ARRAY, 0);
    }
    glDisable(GL_SCISSOR_TEST);
    glBindVertexArray(0);
    glUseProgram(0);
    glBindFramebuffer(GL_FRAMEBUFFER, target);
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

static bool is_shown(const SonoPreview *p, int channel)
{
    return (p->channel < 0 || p->channel == channel) && !p->operation->takes_state;
}

/* The previews that this lane shows, into r->shown: the newest, as many as a frame has time for (an imported script may
 * queue hundreds). */
static SonoStatus choose_previews(SonoRenderer *r, const SonoFrame *frame, SonoError *err)
{
    r->n_shown = 0;
    if (frame->n_previews > r->cap_shown) {
        SonoPreview *more = sono_realloc_array(r->shown, frame->n_previews, sizeof *more);
        if (!more) {
            return sono_fail(err, SONO_E_NOMEM, "no memory to show %zu edits", frame->n_previews);
        }
        r->shown = more;
        r->cap_shown = frame->n_previews;
    }
    size_t first = frame->n_previews;
    int n_groups = 0;
    int n_masks = 0;
    const SonoPreview *after = NULL;
    while (first > 0) {
        const SonoPreview *p = &frame->previews[first - 1];
        if (is_shown(p, frame->channel)) {
            n_groups += !after || !same_effect(p, after);
            n_masks += p->mask != NULL;
            if (n_groups > PREVIEW_MASKS || n_masks > MAX_MASKS_SHOWN) {
                break;
            }
            after = p;
        }
        first--;
    }
    for (size_t i = first; i < frame->n_previews; i++) {
        if (is_shown(&frame->previews[i], frame->channel)) {
            r->shown[r->n_shown++] = frame->previews[i];
        }
    }
    return SONO_OK;
}

/* Draw the tiles again where previews have weight, with the operation applied. */
static SonoStatus draw_previews(SonoRenderer *r, unsigned target, const SonoFrame *frame, const SonoRenderView *v,
                                SonoError *err)
{
    SonoStatus status = choose_previews(r, frame, err);
    for (size_t i = 0; i < r->n_shown && status == SONO_OK;) {
        size_t n = 1;
        while (i + n < r->n_shown && same_effect(&r->shown[i], &r->shown[i + n])) {
            n++;
        }
        const PreviewMask *mask = NULL;
        status = preview_masks_draw(&r->masks, &r->programs, v, &r->shown[i], n, &mask, err);
        aim(target, v);
        if (status == SONO_OK && mask->bounds[2] > mask->bounds[0] && mask->bounds[3] > mask->bounds[1]) {
            const int *b = mask->bounds;
            glScissor(v->x_px + b[0], v->y_px + b[1], b[2] - b[0], b[3] - b[1]);
            glActiveTexture(GL_TEXTURE0 + UNIT_MASK);
            glBindTexture(GL_TEXTURE_2D, mask->texture);
            status = tile_painter_draw(&r->painter, &r->programs, &r->cover, &r->tiles, v, &r->shown[i], err);
        }
        i += n;
    }
    return status;
}

/* The sound, without what lies over it. */
static SonoStatus draw_sound(SonoRenderer *r, unsigned target, const SonoFrame *frame, const SonoRenderView *v,
                             SonoFrameReport *report, SonoError *err)
{
    glActiveTexture(GL_TEXTURE0 + UNIT_TILES);
    SonoStatus status = tile_cover_choose(&r->cover, &r->tiles, frame, v, report, err);
    if (status != SONO_OK) {
        return status;
    }
    report->n_drawn = (int)r->cover.n_draws;
    colour_textures_use(&r->colours, v);
    status = tile_painter_load(&r->painter, &r->cover, err);
    aim(target, v);
    if (status == SONO_OK) {
        status = tile_painter_draw(&r->painter, &r->programs, &r->cover, &r->tiles, v, NULL, err);
    }
    return status == SONO_OK ? draw_previews(r, target, frame, v, err) : status;
}

/* The sound at 1 / reduce of the resolution. */
static SonoStatus draw_small(SonoRenderer *r, const SonoFrame *frame, SonoFrameReport *report, SonoError *err)
{
    const SonoRenderView small = small_view(&frame->view, r->reduce);
    const SmallPicture *picture = NULL;
    SonoStatus status = small_pictures_get(&r->small, &small, &picture, err);
    if (status != SONO_OK) {
        return status;
    }
    aim(picture->fbo, &small);
    glClearColor(r->background[0], r->background[1], r->background[2], 1.0f);
    glClear(GL_COLOR_BUFFER_BIT);
    status = draw_sound(r, picture->fbo, frame, &small, report, err);
    aim(r->target, &frame->view);
    glBindVertexArray(r->masks.empty_vao);
    return status == SONO_OK ? small_picture_magnify(picture, &r->programs, &frame->view, err) : status;
}

SonoStatus sono_renderer_begin(SonoRenderer *r, unsigned target, int width_px, int height_px, int reduce,
                               const float background_rgb[3], SonoError *err)
{
    if (width_px <= 0 || height_px <= 0 || reduce < 1) {
        return sono_fail(err, SONO_E_INVALID, "a picture of %d x %d pixels, reduced %d times, cannot be drawn",
                         width_px, height_px, reduce);
    }
    while (glGetError() != GL_NO_ERROR) { /* someone else's */
    }
    set_state();
    r->tiles.picture++;
    r->target = target;
    r->reduce = reduce;
    memcpy(r->background, background_rgb, sizeof r->background);
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
    SonoStatus status =
        r->reduce > 1 ? draw_small(r, frame, &local, err) : draw_sound(r, r->target, frame, v, &local, err);
    /* lines are drawn at full resolution: they would flicker between sharp and soft */
    aim(r->target, v);
    if (status == SONO_OK && frame->selection && frame->selection->n_shapes > 0) {
        status = selection_marks_draw(&r->masks, &r->programs, v, frame->selection, err);
    }
    if (status == SONO_OK && frame->cursor) {
        status = preview_masks_ring(&r->masks, &r->programs, v, frame->cursor, err);
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

void sono_renderer_finish(SonoRenderer *r)
{
    (void)r; /* its context is current */
    glFinish();
}

SonoStatus sono_renderer_read_mask(SonoRenderer *r, float *weights, SonoError *err)
{
    const PreviewMask *mask = r->masks.last;
    if (!mask || !mask->drawn) {
        return sono_fail(err, SONO_E_INVALID, "no preview was drawn");
    }
    const size_t n = (size_t)mask->width_px * (size_t)mask->height_px;
    float *rgba = sono_calloc(n, 4 * sizeof *rgba);
    if (!rgba) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to read the mask");
    }
    glBindFramebuffer(GL_FRAMEBUFFER, mask->fbo);
    glReadPixels(0, 0, mask->width_px, mask->height_px, GL_RGBA, GL_FLOAT, rgba);
    glBindFramebuffer(GL_FRAMEBUFFER, 0);
    for (size_t i = 0; i < n; i++) {
        weights[i] = rgba[4 * i];
    }
    sono_free(rgba);
    return SONO_OK;
}
