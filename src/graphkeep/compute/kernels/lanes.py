"""The innermost loop of repulsion, vectorized over sixteen points.

numba's own vectorizer works along the sources and loses time in loop remainders; here the sixteen points of a
leaf are in one register (or several, where registers are shorter) and the loop runs over the sources.
"""

from llvmlite import ir
from numba import types
from numba.core.errors import TypingError
from numba.extending import intrinsic

from graphkeep.compute.kernels.jit import LEAF

FLOAT = ir.FloatType()
INT = ir.IntType(64)
VECTOR = ir.VectorType(FLOAT, LEAF)
FAST = ("fast",)


def splat(builder, scalar):
    """Vector with the scalar in every lane."""
    undefined = ir.Constant(VECTOR, ir.Undefined)
    vector = builder.insert_element(undefined, scalar, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), LEAF), [0] * LEAF)
    return builder.shuffle_vector(vector, undefined, zeros)


def load(builder, data, at):
    vector = builder.load(builder.bitcast(builder.gep(data, [at]), VECTOR.as_pointer()))
    vector.align = 4
    return vector


def store(builder, vector, data, at):
    pointer = builder.bitcast(builder.gep(data, [at]), VECTOR.as_pointer())
    builder.store(vector, pointer).align = 4


def pushed(builder, points, source, eps, gam, sums):
    """The sums plus the repulsion of one source on sixteen points: m q (1 + gam q) d with q = 1 / (d^2 + eps)."""
    (x, y), (sx, sy, sm), (fx, fy) = points, source, sums
    unit = ir.Constant(VECTOR, [1.0] * LEAF)

    def product(a, b):
        return builder.fmul(a, b, flags=FAST)

    def total(a, b):
        return builder.fadd(a, b, flags=FAST)

    dx = builder.fsub(x, sx, flags=FAST)
    dy = builder.fsub(y, sy, flags=FAST)
    distance2 = total(total(product(dx, dx), product(dy, dy)), eps)
    q = builder.fdiv(unit, distance2, flags=FAST)
    strength = product(product(sm, q), total(unit, product(gam, q)))
    return total(fx, product(strength, dx)), total(fy, product(strength, dy))


@intrinsic
def push(typing, px, py, at, sx, sy, sm, begin, end, eps, gam, fx, fy):
    """Add the repulsion of the sources begin..end on the points at..at+16 to fx, fy float32 (16,).

    All arrays are float32 and contiguous; `at`, `begin` and `end` are int64; bounds are not checked.
    """
    arrays = (px, py, sx, sy, sm, fx, fy)
    if not all(isinstance(array, types.Array) and array.dtype == types.float32 for array in arrays):
        raise TypingError("push takes float32 arrays")
    integer = types.int64
    signature = types.void(
        px, py, integer, sx, sy, sm, integer, integer, types.float32, types.float32, fx, fy
    )

    def codegen(context, builder, signature, arguments):
        kinds = signature.args

        def data(position):
            return context.make_array(kinds[position])(context, builder, arguments[position]).data

        offset, begin, end = arguments[2], arguments[6], arguments[7]
        points = load(builder, data(0), offset), load(builder, data(1), offset)
        sources = data(3), data(4), data(5)
        out_x, out_y = data(10), data(11)
        zero = ir.Constant(INT, 0)
        start = load(builder, out_x, zero), load(builder, out_y, zero)
        eps, gam = splat(builder, arguments[8]), splat(builder, arguments[9])
        entry = builder.block
        loop, exit_block = builder.append_basic_block("push"), builder.append_basic_block("pushed")
        builder.cbranch(builder.icmp_signed("<", begin, end), loop, exit_block)

        builder.position_at_end(loop)
        k = builder.phi(INT)
        sums = builder.phi(VECTOR), builder.phi(VECTOR)
        source = [splat(builder, builder.load(builder.gep(pointer, [k]))) for pointer in sources]
        updated_sums = pushed(builder, points, source, eps, gam, sums)
        following = builder.add(k, ir.Constant(INT, 1))
        k.add_incoming(begin, entry)
        k.add_incoming(following, loop)
        for phi, initial, updated in zip(sums, start, updated_sums, strict=True):
            phi.add_incoming(initial, entry)
            phi.add_incoming(updated, loop)
        builder.cbranch(builder.icmp_signed("<", following, end), loop, exit_block)

        builder.position_at_end(exit_block)
        finals = builder.phi(VECTOR), builder.phi(VECTOR)
        for phi, initial, updated in zip(finals, start, updated_sums, strict=True):
            phi.add_incoming(initial, entry)
            phi.add_incoming(updated, loop)
        store(builder, finals[0], out_x, zero)
        store(builder, finals[1], out_y, zero)
        return context.get_dummy_value()

    return signature, codegen
