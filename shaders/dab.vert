/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One dab per instance: the rectangle of its ellipse, in pixels of the view. */
layout(location = 0) in vec4 a_rect_px; /* left, bottom, right, top */
layout(location = 1) in vec4 a_time;    /* u = x in pixels * x + y; z: hardness, w: opacity */
layout(location = 2) in vec4 a_freq;    /* centre in Hz, 1 / radius, 1: in octaves, 0: in Hz; w: unused */
uniform vec2 u_view_px;
flat out vec4 v_time;
flat out vec4 v_freq;

void main()
{
    float right = float(gl_VertexID & 1);
    float top = float(gl_VertexID >> 1);
    vec2 px = vec2(right > 0.5 ? a_rect_px.z : a_rect_px.x, top > 0.5 ? a_rect_px.w : a_rect_px.y);
    v_time = a_time;
    v_freq = a_freq;
    gl_Position = vec4(2.0 * px / u_view_px - 1.0, 0.0, 1.0);
}
