/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One tile of a spectrogram. Pixel -> (column, row) -> texel -> dB -> colour. A pixel reads two texels along each axis:
 *   SONO_TAPS_T, SONO_TAPS_F  1: the tile is magnified along this axis, the two next to the pixel are interpolated; 2:
 *                             there are up to two texels to a pixel, the larger of the two half a pixel apart is taken,
 *                             so that no texel falls between pixels and no peak is lowered. A row that is magnified
 *                             all the same (the foot of a mel axis) is interpolated.
 * u_rows holds, of every pixel row, the rows of the picture a quarter of a pixel below and above its centre.
 *   SONO_PHASE                colour by the second channel, the level as brightness. It is that of the texel that was
 *                             taken, or of the nearest: a mean of phases would be a false colour
 *   SONO_OP                   apply this operation's body with the weight in u_mask; pixels of weight 0 are left alone */
uniform sampler2DArray u_tiles;
uniform sampler2D u_map;
uniform sampler2D u_rows;
uniform vec2 u_origin_px;
uniform vec2 u_range; /* place in the colour map = dB * x + y */
flat in vec4 v_place;
flat in vec4 v_layer;
#ifdef SONO_OP
uniform sampler2D u_mask;
uniform vec4 u_args;
#endif
out vec4 frag_colour;

#ifdef SONO_PHASE
#define TEXEL vec2
#define OF_TEXEL rg
TEXEL larger(TEXEL a, TEXEL b)
{
    return a.x < b.x ? b : a;
}
TEXEL between(TEXEL a, TEXEL b, float x)
{
    return vec2(mix(a.x, b.x, x), x < 0.5 ? a.y : b.y);
}
#else
#define TEXEL float
#define OF_TEXEL r
TEXEL larger(TEXEL a, TEXEL b)
{
    return max(a, b);
}
TEXEL between(TEXEL a, TEXEL b, float x)
{
    return mix(a, b, x);
}
#endif

TEXEL texel_at(float t, float f)
{
    return texelFetch(u_tiles, ivec3(clamp(vec2(t, f), 0.0, 255.0), v_layer.x), 0).OF_TEXEL;
}

/* Texel t covers [t, t + 1). */
TEXEL texel_in_row(float x_px, float f)
{
#if SONO_TAPS_T == 2
    float a = (x_px - 0.25) * v_place.x + v_place.y;
    return larger(texel_at(a, f), texel_at(a + 0.5 * v_place.x, f));
#else
    float t = x_px * v_place.x + v_place.y - 0.5;
    float a = floor(t);
    return between(texel_at(a, f), texel_at(a + 1.0, f), t - a);
#endif
}

TEXEL texel_of(vec2 px)
{
    vec2 rows = texelFetch(u_rows, ivec2(int(px.y), 0), 0).rg * v_place.z + v_place.w;
    float f = 0.5 * (rows.x + rows.y) - 0.5;
    float below = floor(f);
#if SONO_TAPS_F == 2
    bool dense = rows.y - rows.x > 0.5;
    TEXEL a = texel_in_row(px.x, dense ? rows.x : below);
    TEXEL b = texel_in_row(px.x, dense ? rows.y : below + 1.0);
    TEXEL most = larger(a, b);
    TEXEL mean = between(a, b, f - below);
    return dense ? most : mean;
#else
    return between(texel_in_row(px.x, below), texel_in_row(px.x, below + 1.0), f - below);
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
    TEXEL texel = texel_of(px);
#ifdef SONO_PHASE
    float db = texel.x;
#else
    float db = texel;
#endif
#ifdef SONO_OP
    SonoBin z = sono_bin(sono_db_to_gain(db), 0.0);
    db = sono_power_to_db(sono_bin_power(SONO_OP(z, weight, u_args.x, u_args.y, u_args.z, u_args.w)));
#endif
    int place = int(clamp(db * u_range.x + u_range.y, 0.0, 1.0) * 255.0 + 0.5);
#ifdef SONO_PHASE
    int hue = int(clamp(texel.y * v_layer.y + v_layer.z, 0.0, 255.0));
    frag_colour = vec4(texelFetch(u_map, ivec2(place, hue + int(v_layer.w)), 0).rgb, 1.0);
#else
    frag_colour = vec4(texelFetch(u_map, ivec2(place, 0), 0).rgb, 1.0);
#endif
}
