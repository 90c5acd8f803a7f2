/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tiles are instances: neighbours in the list that need the same program and the same array are one call. */
#include "tile_painter.h"

#include "sono_mem.h"

#include <string.h>

#define FLOATS 12 /* of an instance: three vec4 of shaders/tile.vert */

void tile_painter_init(TilePainter *painter)
{
    *painter = (TilePainter){0};
    glGenVertexArrays(1, &painter->vao);
    glGenBuffers(1, &painter->vbo);
    glBindVertexArray(painter->vao);
    for (GLuint i = 0; i < 3; i++) {
        glEnableVertexAttribArray(i);
        glVertexAttribDivisor(i, 1);
    }
    glBindVertexArray(0);
}

void tile_painter_clear(TilePainter *painter)
{
    glDeleteVertexArrays(1, &painter->vao);
    glDeleteBuffers(1, &painter->vbo);
    row_textures_clear(&painter->rows);
    sono_free(painter->instances);
    *painter = (TilePainter){0};
}

SonoStatus tile_painter_load(TilePainter *painter, const TileCover *cover, SonoError *err)
{
    if (cover->n_draws > painter->cap) {
        float *more = sono_realloc_array(painter->instances, cover->cap_draws, FLOATS * sizeof *more);
        if (!more) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for a picture of %zu tiles", cover->n_draws);
        }
        painter->instances = more;
        painter->cap = cover->cap_draws;
    }
    for (size_t i = 0; i < cover->n_draws; i++) {
        const TileDraw *d = &cover->draws[i];
        float *at = painter->instances + i * FLOATS;
        memcpy(at, d->rect_px, sizeof d->rect_px);
        memcpy(at + 4, d->time, sizeof d->time);
        memcpy(at + 6, d->rows, sizeof d->rows);
        at[8] = tile_textures_layer(d->slot);
        colour_textures_second(d->raw_phase, at + 9);
    }
    glBindBuffer(GL_ARRAY_BUFFER, painter->vbo);
    glBufferData(GL_ARRAY_BUFFER, (GLsizeiptr)(cover->n_draws * FLOATS * sizeof(float)), painter->instances,
                 GL_STREAM_DRAW);
    glBindBuffer(GL_ARRAY_BUFFER, 0);
    return SONO_OK;
}

/* Neighbours from here on that one call can draw. */
static size_t run_length(const TileCover *cover, size_t first)
{
    const TileDraw *a = &cover->draws[first];
    size_t n = 1;
    for (; first + n < cover->n_draws; n++) {
        const TileDraw *b = a + n;
        if (b->plan->key != a->plan->key || b->taps_t != a->taps_t || b->taps_f != a->taps_f ||
            b->slot / TILE_LAYERS != a->slot / TILE_LAYERS) {
            break;
        }
    }
    return n;
}

static void point_at(size_t first)
{
    for (GLuint i = 0; i < 3; i++) {
        const size_t offset = (first * FLOATS + 4 * (size_t)i) * sizeof(float);
        glVertexAttribPointer(i, 4, GL_FLOAT, GL_FALSE, FLOATS * sizeof(float), (const void *)offset);
    }
}

static void set_uniforms(const GlProgram *p, const SonoRenderView *v, const SonoPreview *preview)
{
    const double per_db = 1.0 / (v->ceiling_db - v->floor_db);
    glUniform2f(p->view_px, (float)v->width_px, (float)v->height_px);
    glUniform2f(p->origin_px, (float)v->x_px, (float)v->y_px);
    glUniform2f(p->range, (float)per_db, (float)(-v->floor_db * per_db));
    if (preview) {
        glUniform4fv(p->args, 1, preview->args);
    }
}

SonoStatus tile_painter_draw(TilePainter *painter, GlPrograms *programs, const TileCover *cover,
                             const TileTextures *textures, const SonoRenderView *view, const SonoPreview *preview,
                             SonoError *err)
{
    SonoStatus status = SONO_OK;
    glBindVertexArray(painter->vao);
    glBindBuffer(GL_ARRAY_BUFFER, painter->vbo);
    glActiveTexture(GL_TEXTURE0 + UNIT_TILES);
    for (size_t i = 0; i < cover->n_draws;) {
        const TileDraw *first = &cover->draws[i];
        const size_t n = run_length(cover, i);
        const SonoShaderVariant variant = {.shader = SONO_SHADER_TILE,
                                           .show = view->show,
                                           .taps_t = first->taps_t,
                                           .taps_f = first->taps_f,
                                           .operation = preview ? preview->operation : NULL};
        const GlProgram *p = NULL;
        status = gl_program_get(programs, &variant, &p, err);
        status = status == SONO_OK ? row_textures_use(&painter->rows, view, first->plan, err) : status;
        if (status != SONO_OK) {
            break;
        }
        glUseProgram(p->id);
        set_uniforms(p, view, preview);
        glBindTexture(GL_TEXTURE_2D_ARRAY, tile_textures_array(textures, first->slot));
        point_at(i);
        glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 4, (GLsizei)n);
        i += n;
    }
    glBindBuffer(GL_ARRAY_BUFFER, 0);
    glBindVertexArray(0);
    return status;
}
