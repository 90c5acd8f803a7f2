/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weights of a rasterised mask; blending adds them up as sono_dab_over. Its texture lies on its side (a column of
 * pixels is a row of texels), as sono_mask_render gives it. */
uniform sampler2D u_mask;
uniform vec2 u_corner_px; /* of the texture, in the view */
out vec4 frag_colour;

void main()
{
    ivec2 at = ivec2(gl_FragCoord.xy - u_corner_px);
    frag_colour = vec4(texelFetch(u_mask, at.yx, 0).r);
}
