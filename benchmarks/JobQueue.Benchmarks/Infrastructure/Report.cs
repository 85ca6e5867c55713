using System.Globalization;
using System.Text.Json;

namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>
/// The figures of a suite: one a round and name, printed as medians with their spread and written as JSON. Ratios are taken within a round and
/// then their median, so that a busy moment of the machine hits both sides.
/// </summary>
internal sealed class Report(BenchOptions options, string machine)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private readonly Dictionary<string, Series> _series = [];
    private readonly List<Series> _printed = [];
    private readonly List<Budget> _budgets = [];
    private bool _counts;

    public BenchOptions Options { get; } = options;

    /// <summary>Takes every case in turn, once for the compiler and the caches and then as often as it is to count.</summary>
    public Task RunAsync(params (string Name, Func<Task> Measure)[] cases) => RunAsync(Options.Smoke ? 1 : 0, cases);

    /// <summary>As often as it is to count: for what is done by processes that are new each time, and counted rather than timed.</summary>
    public Task RunColdAsync(params (string Name, Func<Task> Measure)[] cases) => RunAsync(1, cases);

    private async Task RunAsync(int first, (string Name, Func<Task> Measure)[] cases)
    {
        for (var round = first; round <= Options.Rounds; round++)
        {
            _counts = round > 0;
            foreach (var (name, measure) in cases)
            {
                await Console.Error.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"{Options.Suite}: {(round == 0 ? "warm-up" : $"round {round} of {Options.Rounds}")}: {name}"));
                await measure();
            }
        }

        PrintNew();
    }

    public void Add(string name, string unit, double value)
    {
        if (!_counts)
        {
            return;
        }

        if (!_series.TryGetValue(name, out var series))
        {
            _series[name] = series = new Series(name, unit, []);
        }

        series.Values.Add(value);
    }

    public double Median(string name) => Infrastructure.Median.Of(_series[name].Values);

    public bool Has(string name) => _series.ContainsKey(name);

    /// <summary>Adds what one figure is to another in each round.</summary>
    public double Ratio(string name, string of, string to)
    {
        var values = _series[of].Values.Zip(_series[to].Values, static (a, b) => a / b).ToList();
        _series[name] = new Series(name, "times", values);
        PrintNew();
        return Infrastructure.Median.Of(values);
    }

    /// <summary>Says whether a figure is as it should be. A smoke measures nothing, so it judges nothing.</summary>
    public void Judge(string budget, double value, double target, bool atMost)
    {
        if (Options.Smoke)
        {
            return;
        }

        var isMet = atMost ? value <= target : value >= target;
        _budgets.Add(new Budget(budget, value, target, atMost, isMet));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  {(isMet ? "met    " : "NOT MET")} {budget}: {Format(value)}, {(atMost ? "at most" : "at least")} {Format(target)}"));
    }

    public async Task<int> WriteAsync()
    {
        if (Path.GetDirectoryName(Path.GetFullPath(Options.JsonPath)) is { } directory)
        {
            Directory.CreateDirectory(directory);
        }

        var document = new
        {
            suite = Options.Suite,
            smoke = Options.Smoke,
            machine,
            rounds = Options.Rounds,
            at = TimeProvider.System.GetUtcNow(),
            figures = _series.Values.Select(static series => new { name = series.Name, unit = series.Unit, median = series.Median, values = series.Values }),
            budgets = _budgets.Select(static budget => new { name = budget.Name, value = budget.Value, target = budget.Target, at_most = budget.AtMost, met = budget.IsMet }),
        };
        await File.WriteAllTextAsync(Options.JsonPath, JsonSerializer.Serialize(document, Json));
        await Console.Error.WriteLineAsync($"{Options.Suite}: figures in {Options.JsonPath}");
        return 0;
    }

    public void PrintHead() => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{Options.Suite}{(Options.Smoke ? " (smoke: the figures say nothing)" : "")}, medians of {Options.Rounds} rounds (least to most); {machine}"));

    public void PrintNew()
    {
        foreach (var series in _series.Values.Where(series => !_printed.Contains(series)).ToList())
        {
            _printed.Add(series);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {series.Name,-62} {Format(series.Median),12} {series.Unit,-8} ({Format(series.Values.Min())} to {Format(series.Values.Max())})"));
        }
    }

    private static string Format(double value)
        => value.ToString(Math.Abs(value) >= 1_000 ? "N0" : Math.Abs(value) >= 100 ? "F0" : Math.Abs(value) >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture);

    private sealed record Series(string Name, string Unit, List<double> Values)
    {
        public double Median => Infrastructure.Median.Of(Values);
    }

    private sealed record Budget(string Name, double Value, double Target, bool AtMost, bool IsMet);
}
