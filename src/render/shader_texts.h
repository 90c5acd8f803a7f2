/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The embedded texts of shaders/ ("tile.frag") and kernels/ ("math.kernel.h", "brush/gain.kernel.h"). */
#pragma once

typedef struct ShaderText {
    const char *name, *text;
} ShaderText;

extern const ShaderText shader_texts[]; /* ended by a NULL name */
