using System.Diagnostics;
using System.Text.Json;

namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>What every measured job is given.</summary>
/// <param name="Sent">When it was sent, by the system's monotonic clock, which all processes of a machine share; 0 when nobody asks.</param>
/// <param name="Text">Brings it to its size.</param>
internal sealed record BenchArgs(long Sent, string Text)
{
    public const string Handler = "noop";
    public const int Size = 100;

    /// <summary>100 bytes of JSON.</summary>
    public static BenchArgs Usual { get; } = OfSize(Size);

    public static BenchArgs OfSize(int bytes) => new(0, new string('x', bytes - JsonSerializer.SerializeToUtf8Bytes(new BenchArgs(0, "")).Length));

    public static BenchArgs Stamped() => Usual with { Sent = Stopwatch.GetTimestamp() };
}
