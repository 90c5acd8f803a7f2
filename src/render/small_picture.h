/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lane drawn at a part of the resolution, into a framebuffer of its own, and magnified to its place. */
#pragma once
#include "gl_program.h"
#include "sono_render_view.h"

#define SMALL_PICTURES 3 /* lanes differ by a pixel in height */

typedef struct SmallPicture {
    GLuint fbo, texture;
    int width_px, height_px;
} SmallPicture;

typedef struct SmallPictures {
    SmallPicture items[SMALL_PICTURES];
    int next; /* to be replaced */
} SmallPictures;

void small_pictures_clear(SmallPictures *pictures);
/* The same view in 1 / reduce as many pixels, at 0, 0. */
SonoRenderView small_view(const SonoRenderView *view, int reduce);
/* A framebuffer of the view's size (any content). Errors: UNSUPPORTED. */
SonoStatus small_pictures_get(SmallPictures *pictures, const SonoRenderView *view, const SmallPicture **out,
                              SonoError *err);
/* Into the current framebuffer; the viewport is the view. A vertex array is bound. Errors: as gl_program_get. */
SonoStatus small_picture_magnify(const SmallPicture *picture, GlPrograms *programs, const SonoRenderView *view,
                                 SonoError *err);
