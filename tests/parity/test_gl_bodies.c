/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every operation of the table and every body of the shared arithmetic: GLSL against C over 65,536 random inputs. */
#include "gl_context.h"
#include "sono_test.h"

#include "dialect_c.h"
#include "math.kernel.h"

#include "brush/dab.kernel.h"

#include "sono_mem.h"

#include <math.h>

#define SIDE 256
#define N (SIDE * SIDE)
#define TOLERANCE 1e-5

static uint64_t seed = 20240607;

static float uniform(float lo, float hi)
{
    return lo + (hi - lo) * 0.5f * (sono_test_noise(&seed) + 1.0f);
}

static GLuint input_texture(const float *rgba)
{
    GLuint texture = 0;
    glGenTextures(1, &texture);
    glBindTexture(GL_TEXTURE_2D, texture);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA32F, SIDE, SIDE, 0, GL_RGBA, GL_FLOAT, rgba);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    return texture;
}

/* Run `expression` (of vec4 a, p; a vec2) over the inputs into out[2 * N]. files: NULL-ended. */
static void run_glsl(SonoGlsl language, const char *const *files, const char *expression, const float *in,
                     const float args[4], float *out)
{
    GlContext gl;
    gl_context_open(&gl, language, SIDE, SIDE, GL_RGBA32F);
    char tail[1024];
    (void)snprintf(tail, sizeof tail,
                   "uniform sampler2D u_in;\nuniform vec4 u_p;\nout vec4 frag;\nvoid main() {\n"
                   "  vec4 a = texelFetch(u_in, ivec2(gl_FragCoord.xy), 0);\n  vec4 p = u_p;\n"
                   "  frag = vec4(%s, 0.0, 1.0);\n}\n",
                   expression);
    SonoError err = {0};
    char *vertex = NULL;
    char *fragment = NULL;
    assert_ok(sono_glsl_join(language, NULL, (const char *const[]){"rect.vert", NULL}, NULL, &vertex, &err), err);
    assert_ok(sono_glsl_join(language, NULL, files, tail, &fragment, &err), err);
    const GLuint program = gl_context_program(vertex, fragment);
    sono_free(vertex);
    sono_free(fragment);
    GLuint vao = 0;
    glGenVertexArrays(1, &vao);
    glBindVertexArray(vao);
    const GLuint texture = input_texture(in);
    glViewport(0, 0, SIDE, SIDE);
    glUseProgram(program);
    glUniform4f(glGetUniformLocation(program, "u_rect_px"), 0.0f, 0.0f, SIDE, SIDE);
    glUniform2f(glGetUniformLocation(program, "u_view_px"), SIDE, SIDE);
    glUniform4fv(glGetUniformLocation(program, "u_p"), 1, args);
    glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
    float *rgba = sono_calloc(N, 4 * sizeof *rgba);
    assert_non_null(rgba);
    glReadPixels(0, 0, SIDE, SIDE, GL_RGBA, GL_FLOAT, rgba);
    assert_int_equal(glGetError(), GL_NO_ERROR);
    for (size_t i = 0; i < N; i++) {
        out[2 * i] = rgba[4 * i];
        out[2 * i + 1] = rgba[4 * i + 1];
        assert_true(rgba[4 * i + 3] == 1.0f); /* every pixel was drawn */
    }
    sono_free(rgba);
    glDeleteTextures(1, &texture);
    glDeleteVertexArrays(1, &vao);
    glDeleteProgram(program);
    gl_context_close(&gl);
}

/* Largest |gl - c| / max(|c|, floor) over pairs taken as vectors. */
static double worst(const float *gl, const float *c, double floor_value, size_t *where)
{
    double max = 0.0;
    for (size_t i = 0; i < N; i++) {
        const double d = hypot((double)gl[2 * i] - c[2 * i], (double)gl[2 * i + 1] - c[2 * i + 1]);
        const double rel = d / fmax(hypot((double)c[2 * i], (double)c[2 * i + 1]), floor_value);
        if (!(rel <= max)) {
            max = rel;
            *where = i;
        }
    }
    return max;
}

/* Levels from -120 to 0 dB, any phase; weights with many exact 0 and 1. */
static void random_bins(float *in)
{
    for (size_t i = 0; i < N; i++) {
        const double gain = pow(10.0, (double)uniform(-6.0f, 0.0f));
        const double phase = (double)uniform(-3.14159265f, 3.14159265f);
        const float kind = uniform(0.0f, 1.0f);
        in[4 * i] = (float)(gain * cos(phase));
        in[4 * i + 1] = (float)(gain * sin(phase));
        in[4 * i + 2] = kind < 0.1f ? 0.0f : kind < 0.2f ? 1.0f : uniform(0.0f, 1.0f);
        in[4 * i + 3] = 0.0f;
    }
}

static SonoParams random_params(SonoParamTable table)
{
    SonoParams p = sono_params_defaults(table);
    for (size_t i = 0; i < table.n; i++) {
        const SonoParamDesc *d = &table.desc[i];
        p.v[i] = (double)uniform((float)d->min, (float)d->max);
        p.v[i] = d->kind == SONO_PARAM_FLOAT ? p.v[i] : floor(p.v[i]);
    }
    return p;
}

static void check_operation(const SonoOperation *op, SonoGlsl language)
{
    float *in = sono_calloc(N, 4 * sizeof *in);
    float *gl = sono_calloc(N, 2 * sizeof *gl);
    SonoCplx *z = sono_calloc(N, sizeof *z);
    float *weights = sono_calloc(N, sizeof *weights);
    assert_true(in && gl && z && weights);
    char file[64];
    char expression[160];
    (void)snprintf(file, sizeof file, "brush/%s.kernel.h", op->name);
    (void)snprintf(expression, sizeof expression,
                   "vec2(sono_op_%s(sono_bin(a.x, a.y), a.z, p.x, p.y, p.z, p.w).re, "
                   "sono_op_%s(sono_bin(a.x, a.y), a.z, p.x, p.y, p.z, p.w).im)",
                   op->name, op->name);
    for (int round = 0; round < 2; round++) {
        const SonoParams params = random_params(op->params);
        float args[SONO_OP_MAX_ARGS] = {0};
        op->args(&params, args);
        random_bins(in);
        for (size_t i = 0; i < N; i++) {
            z[i] = (SonoCplx){in[4 * i], in[4 * i + 1]};
            weights[i] = in[4 * i + 2];
        }
        run_glsl(language, (const char *const[]){"dialect.glsl", "math.kernel.h", file, NULL}, expression, in, args,
                 gl);
        op->run(z, weights, N, args, z);
        size_t at = 0;
        const double error = worst(gl, &z[0].re, 1e-30, &at);
        print_message("  %s (%g): %.2e\n", op->name, args[0], error);
        if (!(error <= TOLERANCE)) {
            fail_msg("%s: bin %zu differs by %g: GLSL %g %g, C %g %g", op->name, at, error, (double)gl[2 * at],
                     (double)gl[2 * at + 1], (double)z[at].re, (double)z[at].im);
        }
    }
    sono_free(in);
    sono_free(gl);
    sono_free(z);
    sono_free(weights);
}

/* One body of one to four floats; the C side is the same text. */
typedef struct Body {
    const char *name, *expression;
    float (*c)(const float *a);
    float lo[4], hi[4];
    double floor_value; /* of the relative error's denominator */
} Body;

static float c_exp2(const float *a)
{
    return sono_exp2(a[0]);
}
static float c_log2(const float *a)
{
    return sono_log2(a[0]);
}
static float c_gain(const float *a)
{
    return sono_db_to_gain(a[0]);
}
static float c_db(const float *a)
{
    return sono_power_to_db(sono_exp2(a[0]));
}
static float c_phase(const float *a)
{
    return sono_phase_turns(sono_bin(a[0], a[1]));
}
static float c_power(const float *a)
{
    return sono_bin_power(sono_bin(a[0], a[1]));
}
static float c_smooth(const float *a)
{
    return sono_smoothstep01(a[0]);
}
static float c_dab(const float *a)
{
    return sono_dab_weight(a[0], a[1], a[2], a[3]);
}
static float c_over(const float *a)
{
    return sono_dab_over(a[0], a[1]);
}
static float c_edge(const float *a)
{
    return sono_edge_weight(a[0]);
}

static const Body bodies[] = {
    {"exp2", "sono_exp2(a.x)", c_exp2, {-130.0f}, {130.0f}, 1e-38},
    {"log2", "sono_log2(a.x)", c_log2, {1e-6f}, {4.0f}, 1e-2},
    {"db_to_gain", "sono_db_to_gain(a.x)", c_gain, {-200.0f}, {60.0f}, 1e-30},
    {"power_to_db", "sono_power_to_db(sono_exp2(a.x))", c_db, {-80.0f}, {20.0f}, 1e-2},
    {"phase_turns", "sono_phase_turns(sono_bin(a.x, a.y))", c_phase, {-1.0f, -1.0f}, {1.0f, 1.0f}, 1e-2},
    {"power", "sono_bin_power(sono_bin(a.x, a.y))", c_power, {-1.0f, -1.0f}, {1.0f, 1.0f}, 1e-12},
    {"smoothstep01", "sono_smoothstep01(a.x)", c_smooth, {-0.5f}, {1.5f}, 1e-6},
    {"dab_weight",
     "sono_dab_weight(a.x, a.y, a.z, a.w)",
     c_dab,
     {-1.5f, -1.5f, 0.0f, 0.0f},
     {1.5f, 1.5f, 1.0f, 1.0f},
     1e-2},
    {"dab_over", "sono_dab_over(a.x, a.y)", c_over, {0.0f, 0.0f}, {1.0f, 1.0f}, 1e-6},
    {"edge_weight", "sono_edge_weight(a.x)", c_edge, {-1.0f}, {1.0f}, 1e-6},
};

static void check_body(const Body *body, SonoGlsl language)
{
    float *in = sono_calloc(N, 4 * sizeof *in);
    float *gl = sono_calloc(N, 2 * sizeof *gl);
    float *c = sono_calloc(N, 2 * sizeof *c);
    assert_true(in && gl && c);
    for (size_t i = 0; i < N; i++) {
        for (size_t k = 0; k < 4; k++) {
            in[4 * i + k] = uniform(body->lo[k], body->hi[k]);
        }
        c[2 * i] = body->c(&in[4 * i]);
    }
    char expression[160];
    (void)snprintf(expression, sizeof expression, "vec2(%s, 0.0)", body->expression);
    run_glsl(language, (const char *const[]){"dialect.glsl", "math.kernel.h", "brush/dab.kernel.h", NULL}, expression,
             in, (const float[4]){0}, gl);
    size_t at = 0;
    const double error = worst(gl, c, body->floor_value, &at);
    print_message("  %s: %.2e\n", body->name, error);
    if (!(error <= TOLERANCE)) {
        fail_msg("%s(%g, %g, %g, %g): GLSL %g, C %g", body->name, (double)in[4 * at], (double)in[4 * at + 1],
                 (double)in[4 * at + 2], (double)in[4 * at + 3], (double)gl[2 * at], (double)c[2 * at]);
    }
    sono_free(in);
    sono_free(gl);
    sono_free(c);
}

static void check_all(SonoGlsl language)
{
    for (const SonoOperation *const *op = sono_operations; *op; op++) {
        check_operation(*op, language);
    }
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        check_body(&bodies[i], language);
    }
}

static void core_equals_c(void **state)
{
    (void)state;
    check_all(SONO_GLSL_330_CORE);
}

static void es_equals_c(void **state)
{
    (void)state;
    check_all(SONO_GLSL_300_ES);
}

/* The comparison can fail: a body that is off by 2e-5 is found. */
static void notices_a_difference(void **state)
{
    (void)state;
    float *a = sono_calloc(N, 2 * sizeof *a);
    float *b = sono_calloc(N, 2 * sizeof *b);
    assert_true(a && b);
    for (size_t i = 0; i < (size_t)2 * N; i++) {
        a[i] = b[i] = uniform(-1.0f, 1.0f);
    }
    b[4711] *= 1.0f + 4e-5f;
    size_t at = 0;
    a[4710] = b[4710] = 0.0f;
    assert_true(worst(a, b, 1e-30, &at) > TOLERANCE);
    assert_int_equal(at, 4711 / 2);
    sono_free(a);
    sono_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(core_equals_c),
        cmocka_unit_test(es_equals_c),
        cmocka_unit_test(notices_a_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
