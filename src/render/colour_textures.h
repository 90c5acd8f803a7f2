/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Colours as lookup textures: place in the range along x; for phases the hue along y.
 *
 * A phase is shown as hue, the level as brightness, in the space OKLab (B. Ottosson, "A perceptual color space for
 * image processing", 2020), in which equal steps look alike. At the ceiling a colour has lightness 0.75; at place p in
 * the range it is that colour times p in all three of L, a and b: the same hue, p times as light and as colourful. raw
 * phase of x turns      a circle of chroma 0.12: hue = 29 degrees (red) + 360 x deviation of d bins       from blue
 * (259 degrees, below the bin) over grey (none) to orange (59 degrees, above it): chroma = 0.12 min(|d|, 1). What
 * belongs to a steady tone is grey at its centre. */
#pragma once
#include "gl_program.h"
#include "sono_render_view.h"

typedef struct ColourTextures {
    GLuint map, phase;
    const SonoColourMap *loaded; /* what map holds */
} ColourTextures;

void colour_textures_init(ColourTextures *colours);
void colour_textures_clear(ColourTextures *colours);
/* Bind what a view shows to UNIT_MAP, made or loaded if need be. */
void colour_textures_use(ColourTextures *colours, const SonoRenderView *view);
/* How a tile's second channel becomes a row: row = max(0, min(second * [0] + [1], 255)) + [2]. */
void colour_textures_second(bool raw_phase, float out[3]);
/* sRGB, 0..1, of a second channel at a place in the range (as said above; exact, not from the texture). */
void colour_of_phase(bool raw_phase, double second, double place, double rgb[3]);
