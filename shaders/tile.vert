/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One tile per instance: a rectangle in pixels of the view, four vertices of a strip. */
layout(location = 0) in vec4 a_rect_px; /* left, bottom, right, top */
layout(location = 1) in vec4 a_place;   /* texel = x in pixels of the view * x + y; texel = row of the picture * z + w */
layout(location = 2) in vec4 a_layer;   /* layer; place in the colours of a phase = second channel * y + z */
uniform vec2 u_view_px;
flat out vec4 v_place;
flat out vec4 v_layer;

void main()
{
    float right = float(gl_VertexID & 1);
    float top = float(gl_VertexID >> 1);
    vec2 px = vec2(right > 0.5 ? a_rect_px.z : a_rect_px.x, top > 0.5 ? a_rect_px.w : a_rect_px.y);
    v_place = a_place;
    v_layer = a_layer;
    gl_Position = vec4(2.0 * px / u_view_px - 1.0, 0.0, 1.0);
}
