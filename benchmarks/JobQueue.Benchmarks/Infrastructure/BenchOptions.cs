using System.Globalization;

namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>How a suite is to run.</summary>
/// <param name="Suite">Its name.</param>
/// <param name="Smoke">The same code with tiny counts, in seconds: it shows that the suite works, and measures nothing.</param>
/// <param name="Rounds">How often everything is measured, after a first time that does not count.</param>
/// <param name="Long">With what takes many minutes.</param>
/// <param name="JsonPath">Where the figures go.</param>
internal sealed record BenchOptions(string Suite, bool Smoke, int Rounds, bool Long, string JsonPath)
{
    private const string SmokeFlag = "--smoke";
    private const string RoundsFlag = "--rounds";
    private const string LongFlag = "--long";
    private const string JsonFlag = "--json";

    /// <returns>Null when the arguments are none of ours.</returns>
    public static BenchOptions? Parse(string[] arguments)
    {
        if (arguments.Length == 0)
        {
            return null;
        }

        var options = new BenchOptions(arguments[0], Smoke: false, Rounds: 5, Long: false, Path.Combine("artifacts", "benchmarks", arguments[0] + ".json"));
        for (var at = 1; at < arguments.Length; at++)
        {
            switch (arguments[at])
            {
                case SmokeFlag:
                    options = options with { Smoke = true, Rounds = 1 };
                    break;
                case RoundsFlag when at + 1 < arguments.Length && int.TryParse(arguments[at + 1], CultureInfo.InvariantCulture, out var rounds) && rounds > 0:
                    options = options with { Rounds = rounds };
                    at++;
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
