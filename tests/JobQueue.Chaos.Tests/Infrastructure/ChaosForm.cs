namespace JobQueue.Chaos.Tests.Infrastructure;

/// <summary>How much is broken: <c>JOBQUEUE_CHAOS</c> is <c>short</c>, <c>long</c>, <c>soak</c>, or <c>off</c>: then every test is skipped. Unset is short on a server that can be broken in every way, and off on Garnet.</summary>
internal sealed class ChaosForm
{
    public const string Variable = "JOBQUEUE_CHAOS";

    private ChaosForm(string name, bool isChosen)
    {
        Name = name;
        IsChosen = isChosen;
    }

    public static ChaosForm Current { get; } = Read(Environment.GetEnvironmentVariable(Variable));

    public string Name { get; }

    /// <summary>Whether somebody asked for it.</summary>
    public bool IsChosen { get; }

    public bool IsShort => Name == "short";

    public bool IsOff => Name == "off";

    public bool IsSoak => Name == "soak";

    /// <summary>The first for the short form, the second for the others.</summary>
    public T Of<T>(T inShort, T inLong) => IsShort ? inShort : inLong;

    private static ChaosForm Read(string? value) => value switch
    {
        null or "" => new("short", isChosen: false),
        "short" or "long" or "soak" or "off" => new(value, isChosen: true),
        _ => throw new InvalidOperationException($"{Variable} is '{value}': give short, long, soak or off, or unset it."),
    };
}
