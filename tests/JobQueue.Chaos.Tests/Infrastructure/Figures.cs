using System.Globalization;

namespace JobQueue.Chaos.Tests.Infrastructure;

/// <summary>What a scenario has measured, as one line for whoever reads the run.</summary>
internal sealed class Figures
{
    private readonly List<string> _parts = [];

    public Figures Add<T>(string name, T value)
        where T : IFormattable
    {
        _parts.Add(string.Create(CultureInfo.InvariantCulture, $"{name}={value}"));
        return this;
    }

    public Figures AddSeconds(string name, TimeSpan value) => Add(name + "_s", Math.Round(value.TotalSeconds, 2));

    /// <summary>The middle, the 99th of a hundred, and the largest.</summary>
    public Figures AddDistribution(string name, IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0
            ? Add(name + "_count", 0)
            : Add(name + "_p50", Math.Round(sorted[sorted.Count / 2])).Add(name + "_p99", Math.Round(sorted[(int)(sorted.Count * 0.99)])).Add(name + "_max", Math.Round(sorted[^1]));
    }

    public override string ToString() => "figures: " + string.Join(' ', _parts);
}
