/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weight of one dab, from the body that the commit uses; blending adds it up as sono_dab_over.
 *   SONO_RING  draw the outline of the ellipse instead (the brush under the pointer) */
uniform vec2 u_origin_px;
uniform vec2 u_view_px;
flat in vec4 v_time;
flat in vec4 v_freq;
out vec4 frag_colour;

/* Place of a pixel in the dab, in radii. */
vec2 place_of(vec2 px)
{
    float hz = axis_hz(px.y / u_view_px.y);
    float v = v_freq.z > 0.5 ? sono_log2(max(hz, 1e-6) / v_freq.x) : hz - v_freq.x;
    return vec2(px.x * v_time.x + v_time.y, v * v_freq.y);
}

void main()
{
    vec2 px = gl_FragCoord.xy - u_origin_px;
#ifdef SONO_RING
    float r = length(place_of(px));
    vec2 step_px = vec2(length(place_of(px + vec2(1.0, 0.0))) - r, length(place_of(px + vec2(0.0, 1.0))) - r);
    float distance_px = abs(r - 1.0) / max(length(step_px), 1e-6);
    /* light line on a dark one: visible on every colour map */
    float light = clamp(1.25 - distance_px, 0.0, 1.0);
    float cover = clamp(2.25 - distance_px, 0.0, 1.0);
    frag_colour = vec4(vec3(light) * cover, cover * 0.9);
#else
    vec2 p = place_of(px);
    float w = sono_dab_weight(p.x, p.y, v_time.z, v_time.w);
    frag_colour = vec4(w, w, w, w);
#endif
}
