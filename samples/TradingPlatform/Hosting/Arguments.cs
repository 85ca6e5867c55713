using System.Globalization;

namespace TradingPlatform.Hosting;

/// <summary>What the command line asks for; what it does not know is the web host's, as <c>--urls</c>.</summary>
internal sealed record Arguments
{
    public const string Usage =
        """
        usage: TradingPlatform [--urls ADDRESSES] [--redis CONNECTION] [--workers N] [--seed N] [--database FILE] [--load N] [--allow-remote]
          --urls          where to listen, such as http://127.0.0.1:5080
          --redis         a Redis to use in place of the embedded server
          --workers       how many jobs run at the same time; 0 runs none and only serves (default 20)
          --seed          of the simulated market (default 1)
          --database      the SQLite file (default: a new one with the embedded server, else trading-platform.db here)
          --load          submits so many mixed jobs and shows how they go; some fail, some can never work
          --allow-remote  lets anybody who reaches the port use the API and the dashboard
        """;

    public string? Redis { get; private init; }

    public int Workers { get; private init; } = 20;

    public int Seed { get; private init; } = 1;

    public string? Database { get; private init; }

    public int Load { get; private init; }

    public bool AllowRemote { get; private init; }

    public string[] ForHost { get; private init; } = [];

    public static Arguments? TryParse(string[] args, out string problem)
    {
        var (parsed, rest) = (new Arguments(), new List<string>());
        problem = "";
        for (var i = 0; i < args.Length && problem.Length == 0; i++)
        {
            var (name, value) = Split(args, ref i);
            parsed = name switch
            {
                "--allow-remote" => parsed with { AllowRemote = true },
                "--redis" when value is { Length: > 0 } => parsed with { Redis = value },
                "--database" when value is { Length: > 0 } => parsed with { Database = value },
                "--workers" when TryRead(value, 1_000, out var number) => parsed with { Workers = number },
                "--seed" when TryRead(value, int.MaxValue, out var number) => parsed with { Seed = number },
                "--load" when TryRead(value, 1_000_000, out var number) => parsed with { Load = number },
                "--redis" or "--database" or "--workers" or "--seed" or "--load" => Refuse(out problem, $"'{name}' can't be '{value}'", parsed),
                _ => Keep(rest, name, value, parsed),
            };
        }

        return problem.Length == 0 ? parsed with { ForHost = [.. rest] } : null;
    }

    private static (string Name, string? Value) Split(string[] args, ref int i)
    {
        var equals = args[i].IndexOf('=', StringComparison.Ordinal);
        if (equals > 0)
        {
            return (args[i][..equals], args[i][(equals + 1)..]);
        }

        var hasValue = args[i] != "--allow-remote" && i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal);
        return hasValue ? (args[i], args[++i]) : (args[i], null);
    }

    private static Arguments Refuse(out string problem, string text, Arguments parsed)
    {
        problem = text;
        return parsed;
    }

    private static Arguments Keep(List<string> rest, string name, string? value, Arguments parsed)
    {
        rest.Add(value is null ? name : $"{name}={value}");
        return parsed;
    }

    private static bool TryRead(string? value, int most, out int number)
        => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most;
}
