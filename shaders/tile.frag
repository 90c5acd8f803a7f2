/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One tile of a spectrogram. Pixel -> (time, Hz) -> texel -> dB -> colour.
 *   SONO_TAPS_T, SONO_TAPS_F  1: the tile is magnified along this axis, read it interpolated; 2: there are up to two
 *                             texels to a pixel, take the largest of two taps half a pixel apart, so that no texel
 *                             falls between pixels
 *   SONO_OP                   apply this operation's body with the weight in u_mask; pixels of weight 0 are left alone */
uniform sampler2DArray u_tiles;
uniform sampler2D u_map;
uniform vec2 u_origin_px;
uniform vec2 u_view_px;
uniform vec2 u_time;  /* texel = x in pixels of the view * x + y */
uniform vec2 u_freq;  /* texel = Hz * x + y */
uniform vec2 u_range; /* place in the colour map = dB * x + y */
uniform float u_layer;
#ifdef SONO_OP
uniform sampler2D u_mask;
uniform vec4 u_args;
#endif
out vec4 frag_colour;

/* Texel centres are at whole numbers plus 1/2. Dense rows are read at their centres: interpolation would lower peaks. */
float level_at(float t, float f)
{
    return texture(u_tiles, vec3(vec2(t, f) * (1.0 / 256.0), u_layer)).r;
}

float level_in_row(float x_px, float f)
{
#if SONO_TAPS_T == 2
    float a = floor((x_px - 0.25) * u_time.x + u_time.y) + 0.5;
    float b = floor((x_px + 0.25) * u_time.x + u_time.y) + 0.5;
    return max(level_at(a, f), level_at(b, f));
#else
    return level_at(x_px * u_time.x + u_time.y, f);
#endif
}

void main()
{
    vec2 px = gl_FragCoord.xy - u_origin_px;
#ifdef SONO_OP
    float weight = texelFetch(u_mask, ivec2(px), 0).r;
    if (weight <= 0.0) {
        discard;
    }
#endif
#if SONO_TAPS_F == 2
    float lo = axis_hz((px.y - 0.25) / u_view_px.y) * u_freq.x + u_freq.y;
    float hi = axis_hz((px.y + 0.25) / u_view_px.y) * u_freq.x + u_freq.y;
    bool dense = hi - lo > 0.5;
    lo = dense ? floor(lo) + 0.5 : lo;
    hi = dense ? floor(hi) + 0.5 : hi;
    float db = max(level_in_row(px.x, lo), level_in_row(px.x, hi));
#else
    float db = level_in_row(px.x, axis_hz(px.y / u_view_px.y) * u_freq.x + u_freq.y);
#endif
#ifdef SONO_OP
    SonoBin z = sono_bin(sono_db_to_gain(db), 0.0);
    db = sono_power_to_db(sono_bin_power(SONO_OP(z, weight, u_args.x, u_args.y, u_args.z, u_args.w)));
#endif
    float place = clamp(db * u_range.x + u_range.y, 0.0, 1.0);
    frag_colour = vec4(texture(u_map, vec2((place * 255.0 + 0.5) / 256.0, 0.5)).rgb, 1.0);
}
