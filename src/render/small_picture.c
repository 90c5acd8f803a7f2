/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A texture holds exactly one lane, so that magnifying repeats its edges and mixes in nothing else. */
#include "small_picture.h"

void small_pictures_clear(SmallPictures *pictures)
{
    for (int i = 0; i < SMALL_PICTURES; i++) {
        glDeleteFramebuffers(1, &pictures->items[i].fbo);
        glDeleteTextures(1, &pictures->items[i].texture);
    }
    *pictures = (SmallPictures){0};
}

SonoRenderView small_view(const SonoRenderView *view, int reduce)
{
    SonoRenderView small = *view;
    small.x_px = small.y_px = 0;
    small.width_px = (view->width_px + reduce - 1) / reduce;
    small.height_px = (view->height_px + reduce - 1) / reduce;
    small.s_per_px = view->s_per_px * view->width_px / small.width_px;
    return small;
}

SonoStatus small_pictures_get(SmallPictures *pictures, const SonoRenderView *view, const SmallPicture **out,
                              SonoError *err)
{
    for (int i = 0; i < SMALL_PICTURES; i++) {
        const SmallPicture *have = &pictures->items[i];
        if (have->texture && have->width_px == view->width_px && have->height_px == view->height_px) {
            *out = have;
            return SONO_OK;
        }
    }
    SmallPicture *p = &pictures->items[pictures->next];
    pictures->next = (pictures->next + 1) % SMALL_PICTURES;
    glDeleteFramebuffers(1, &p->fbo);
    glDeleteTextures(1, &p->texture);
    *p = (SmallPicture){.width_px = view->width_px, .height_px = view->height_px};
    glGenTextures(1, &p->texture);
    glActiveTexture(GL_TEXTURE0 + UNIT_PICTURE);
    glBindTexture(GL_TEXTURE_2D, p->texture);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, p->width_px, p->height_px, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    glGenFramebuffers(1, &p->fbo);
    glBindFramebuffer(GL_FRAMEBUFFER, p->fbo);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, p->texture, 0);
    if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE) {
        glDeleteTextures(1, &p->texture);
        p->texture = 0;
        return sono_fail(err, SONO_E_UNSUPPORTED, "the display cannot draw into a texture of %d x %d pixels",
                         view->width_px, view->height_px);
    }
    *out = p;
    return SONO_OK;
}

SonoStatus small_picture_magnify(const SmallPicture *picture, GlPrograms *programs, const SonoRenderView *view,
                                 SonoError *err)
{
    const GlProgram *p = NULL;
    const SonoStatus status = gl_program_get(programs, &(SonoShaderVariant){.shader = SONO_SHADER_MAGNIFY}, &p, err);
    if (status == SONO_OK) {
        glActiveTexture(GL_TEXTURE0 + UNIT_PICTURE);
        glBindTexture(GL_TEXTURE_2D, picture->texture);
        glUseProgram(p->id);
        glUniform2f(p->view_px, (float)view->width_px, (float)view->height_px);
        glUniform4f(p->rect_px, 0.0f, 0.0f, (float)view->width_px, (float)view->height_px);
        glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
    }
    return status;
}
