/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A rectangle in pixels of the view (left, bottom, right, top) without any buffer: four vertices of a strip. */
uniform vec4 u_rect_px;
uniform vec2 u_view_px;
out vec2 v_at; /* 0..1 over the view */

void main()
{
    float right = float(gl_VertexID & 1);
    float top = float(gl_VertexID >> 1);
    vec2 px = vec2(right > 0.5 ? u_rect_px.z : u_rect_px.x, top > 0.5 ? u_rect_px.w : u_rect_px.y);
    v_at = px / u_view_px;
    gl_Position = vec4(2.0 * v_at - 1.0, 0.0, 1.0);
}
