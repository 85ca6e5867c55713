namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>How a suite is to run.</summary>
/// <param name="Suite">Its name.</param>
/// <param name="Smoke">The same code with tiny counts, in seconds: it shows that the suite works, and measures nothing.</param>
/// <param name="Long">With what takes many minutes.</param>
/// <param name="JsonPath">Where the figures go.</param>
internal sealed record BenchOptions(string Suite, bool Smoke, bool Long, string JsonPath)
{
    private const string SmokeFlag = "--smoke";
    private const string LongFlag = "--long";
    private const string JsonFlag = "--json";

    /// <summary>How often everything is measured, after a first time that does not count.</summary>
    public int Rounds => Smoke ? 1 : 5;

    /// <returns>Null when the arguments are none of ours.</returns>
    public static BenchOptions? Parse(string[] arguments)
    {
        if (arguments.Length == 0)
        {
            return null;
        }

        var options = new BenchOptions(arguments[0], Smoke: false, Long: false, Path.Combine("artifacts", "benchmarks", arguments[0] + ".json"));
        for (var at = 1; at < arguments.Length; at++)
        {
            switch (arguments[at])
            {
                case SmokeFlag:
                    options = options with { Smoke = true };
                    break;
                case LongFlag:
                    options = options with { Long = true };
                    break;
                case JsonFlag when at + 1 < arguments.Length:
                    options = options with { JsonPath = arguments[++at] };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }

    public int Pick(int full, int smoke) => Smoke ? smoke : full;
}
