/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texture of marks covers the selection's bounds; four rectangles around it are simply shaded. */
#include "selection_marks.h"

static void draw_rect(const GlProgram *p, float left, float bottom, float right, float top)
{
    if (right > left && top > bottom) {
        glUniform4f(p->rect_px, left, bottom, right, top);
        glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
    }
}

static SonoStatus shade_around(GlPrograms *programs, const SonoRenderView *view, const MaskBox *b, SonoError *err)
{
    const GlProgram *p = NULL;
    const SonoStatus status = gl_program_get(programs, &(SonoShaderVariant){.shader = SONO_SHADER_DIM}, &p, err);
    if (status == SONO_OK) {
        const float w = (float)view->width_px;
        const float h = (float)view->height_px;
        glUseProgram(p->id);
        glUniform2f(p->view_px, w, h);
        draw_rect(p, 0.0f, 0.0f, (float)b->x0, h);
        draw_rect(p, (float)b->x1, 0.0f, w, h);
        draw_rect(p, (float)b->x0, 0.0f, (float)b->x1, (float)b->y0);
        draw_rect(p, (float)b->x0, (float)b->y1, (float)b->x1, h);
    }
    return status;
}

static SonoStatus draw_marks(GlPrograms *programs, const SonoRenderView *view, const MaskTexture *marks, SonoError *err)
{
    const MaskBox *b = &marks->box;
    const GlProgram *p = NULL;
    const SonoStatus status = gl_program_get(programs, &(SonoShaderVariant){.shader = SONO_SHADER_MARKS}, &p, err);
    if (status == SONO_OK) {
        glActiveTexture(GL_TEXTURE0 + UNIT_MASK);
        glBindTexture(GL_TEXTURE_2D, marks->texture);
        glUseProgram(p->id);
        glUniform2f(p->view_px, (float)view->width_px, (float)view->height_px);
        glUniform2f(p->corner_px, (float)(view->x_px + b->x0), (float)(view->y_px + b->y0));
        draw_rect(p, (float)b->x0, (float)b->y0, (float)b->x1, (float)b->y1);
    }
    return status;
}

SonoStatus selection_marks_draw(PreviewMasks *masks, GlPrograms *programs, const SonoRenderView *view,
                                const SonoMask *selection, SonoError *err)
{
    const MaskTexture *marks = NULL;
    SonoStatus status = mask_textures_get(&masks->rasters, MASK_MARKS, selection, view, &marks, err);
    if (status != SONO_OK || marks->empty) {
        return status; /* where nothing is selected nothing is left out either */
    }
    glEnable(GL_BLEND);
    glBlendEquation(GL_FUNC_ADD);
    glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    glBindVertexArray(masks->empty_vao);
    status = shade_around(programs, view, &marks->box, err);
    if (status == SONO_OK) {
        status = draw_marks(programs, view, marks, err);
    }
    glBindVertexArray(0);
    glDisable(GL_BLEND);
    return status;
}
