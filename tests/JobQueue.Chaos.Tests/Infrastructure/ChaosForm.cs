namespace JobQueue.Chaos.Tests.Infrastructure;

/// <summary>How much is broken: <c>JOBQUEUE_CHAOS</c> is <c>short</c> (the default, for CI), <c>long</c> or <c>soak</c>.</summary>
internal sealed class ChaosForm
{
    public const string Variable = "JOBQUEUE_CHAOS";

    private ChaosForm(string name) => Name = name;

    public static ChaosForm Current { get; } = Read(Environment.GetEnvironmentVariable(Variable));

    public string Name { get; }

    public bool IsShort => Name == "short";

    public bool IsSoak => Name == "soak";

    /// <summary>The first for the short form, the second for the others.</summary>
    public T Of<T>(T inShort, T inLong) => IsShort ? inShort : inLong;

    private static ChaosForm Read(string? value) => value switch
    {
        null or "" => new("short"),
        "short" or "long" or "soak" => new(value),
        _ => throw new InvalidOperationException($"{Variable} is '{value}': give short, long or soak, or unset it for short."),
    };
}
