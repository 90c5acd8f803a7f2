/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a selection draws over the picture: its codes (mask_pixels.h, which also has the opacities SONO_MARK_*) lie in a
 * texture on its side. Outside of the texture everything is dimmed (SONO_DIM). Colours are premultiplied. */
#ifdef SONO_DIM
out vec4 frag_colour;

void main()
{
    frag_colour = vec4(0.0, 0.0, 0.0, SONO_MARK_DIM);
}
#else
uniform sampler2D u_mask;
uniform vec2 u_corner_px; /* of the texture, in the target */
out vec4 frag_colour;

void main()
{
    ivec2 at = ivec2(gl_FragCoord.xy - u_corner_px);
    int code = int(texelFetch(u_mask, at.yx, 0).r * 255.0 + 0.5);
    frag_colour = code == 1 ? vec4(0.0, 0.0, 0.0, SONO_MARK_DIM)
                : code == 2 ? vec4(SONO_MARK_LIGHT)
                : code == 3 ? vec4(0.0, 0.0, 0.0, SONO_MARK_DARK)
                            : vec4(0.0);
}
#endif
