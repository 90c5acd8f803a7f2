/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A picture that was drawn small, magnified to the view. */
uniform sampler2D u_picture;
in vec2 v_at;
out vec4 frag_colour;

void main()
{
    frag_colour = texture(u_picture, v_at);
}
