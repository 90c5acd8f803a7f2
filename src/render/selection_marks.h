/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws the selection over a lane: its outline, and a shade over what is not selected. */
#pragma once
#include "preview_masks.h"

/* Into the current framebuffer; the viewport is the view, scissor on. Errors: as gl_program_get; NOMEM. */
SonoStatus selection_marks_draw(PreviewMasks *masks, GlPrograms *programs, const SonoRenderView *view,
                                const SonoMask *selection, SonoError *err);
