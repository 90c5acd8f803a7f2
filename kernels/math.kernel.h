/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arithmetic shared by every body: exp2, log2, decibels, phase. One text for C17, CUDA and GLSL (rules: dialect_c.h).
 * Polynomials instead of libm make the bits agree. Largest errors against double: exp2 2.4e-7 relative, log2 1.9e-7
 * absolute, phase 1e-6 turns. */

SONO_KSTRUCT(SonoBin)
{
    float re;
    float im;
};

SONO_KFN SonoBin sono_bin(float re, float im)
{
    SonoBin z;
    z.re = re;
    z.im = im;
    return z;
}

SONO_KFN SonoBin sono_bin_scale(SonoBin z, float g)
{
    return sono_bin(z.re * g, z.im * g);
}

SONO_KFN float sono_bin_power(SonoBin z)
{
    return z.re * z.re + z.im * z.im;
}

SONO_KFN float sono_clamp01(float x)
{
    return SONO_KMIN(SONO_KMAX(x, 0.0f), 1.0f);
}

SONO_KFN float sono_smoothstep01(float x)
{
    float t = sono_clamp01(x);
    return t * t * (3.0f - 2.0f * t);
}

/* 2^x, |x| clamped to 126 */
SONO_KFN float sono_exp2(float x)
{
    float c = SONO_KMIN(SONO_KMAX(x, -126.0f), 126.0f);
    float n = SONO_KFLOOR(c + 0.5f);
    float f = c - n;
    float p = 1.5403530e-4f;
    p = p * f + 1.3333558e-3f;
    p = p * f + 9.6181291e-3f;
    p = p * f + 5.5504109e-2f;
    p = p * f + 2.4022651e-1f;
    p = p * f + 6.9314718e-1f;
    p = p * f + 1.0f;
    return p * SONO_KBITS2F((SONO_KINT(n) + 127) << 23);
}

/* log2(x); x <= 1.2e-38 gives log2(1.2e-38) */
SONO_KFN float sono_log2(float x)
{
    int i = SONO_KF2BITS(SONO_KMAX(x, 1.2e-38f));
    int e = (i - 0x3f3504f3) >> 23;
    float m = SONO_KBITS2F(i - e * 8388608); /* not e << 23: C leaves that undefined for e < 0 */
    float t = (m - 1.0f) / (m + 1.0f);
    float s = t * t;
    float p = 0.4342597513f;
    p = p * s + 0.5765843421f;
    p = p * s + 0.9618007623f;
    p = p * s + 2.8853900731f;
    return SONO_KFLOAT(e) + t * p;
}

SONO_KFN float sono_db_to_gain(float db)
{
    return sono_exp2(db * 0.16609640474f);
}

/* power (|z|^2) to dB, not below -200 */
SONO_KFN float sono_power_to_db(float power)
{
    return 3.0102999566f * sono_log2(SONO_KMAX(power, 1e-20f));
}

/* argument in turns, (-0.5, 0.5] */
SONO_KFN float sono_phase_turns(SonoBin z)
{
    float ax = SONO_KABS(z.re);
    float ay = SONO_KABS(z.im);
    float mx = SONO_KMAX(ax, ay);
    float mn = SONO_KMIN(ax, ay);
    float a = mn / SONO_KMAX(mx, 1e-20f);
    float s = a * a;
    float r = -0.0018651583f;
    r = r * s + 0.0083790859f;
    r = r * s - 0.0185298510f;
    r = r * s + 0.0308029074f;
    r = r * s - 0.0529385656f;
    r = r * s + 0.1591513160f;
    r = r * a;
    r = (ay > ax) ? 0.25f - r : r;
    r = (z.re < 0.0f) ? 0.5f - r : r;
    return (z.im < 0.0f) ? -r : r;
}
