using System.Globalization;
using JobQueue.SourceGeneration.Rules;
using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Reading;

/// <summary>Reads and checks the backoff of a handler, by the rules and defaults of the library's <c>RetryBackoff</c>.</summary>
internal sealed class BackoffReader(AttributeValues values, Problems problems)
{
    private const double MaxSeconds = 7 * 86_400;
    private const double DefaultBase = 2;
    private const double DefaultMax = 3_600;

    public void Read(List<string> members)
    {
        var parts = new List<string>();
        if (values.Find("BackoffType") is { Kind: TypedConstantKind.Enum } type && EnumValues.IsDefined(type, values.PlaceOf("BackoffType"), "BackoffType", problems))
        {
            parts.Add($"\"type\":{Json.Number(type.Value)}");
        }

        var first = values.Find<double>("BackoffBaseSeconds");
        var last = values.Find<double>("BackoffMaxSeconds");
        Check(first, last);
        if (first is { } seconds)
        {
            parts.Add($"\"base_seconds\":{Json.Number(seconds)}");
        }

        if (last is { } most)
        {
            parts.Add($"\"max_seconds\":{Json.Number(most)}");
        }

        if (values.Find<bool>("BackoffJitter") is { } jitter)
        {
            parts.Add($"\"jitter\":{(jitter ? "true" : "false")}");
        }

        if (parts.Count > 0)
        {
            members.Add($"\"backoff\":{{{string.Join(",", parts)}}}");
        }
    }

    private void Check(double? first, double? last)
    {
        if (first is { } tooFar && !(tooFar >= 0 && tooFar <= MaxSeconds))
        {
            Report("BackoffBaseSeconds", tooFar, "from 0 to 604800 (7 days)");
            return;
        }

        var least = first ?? DefaultBase;
        if (last is { } most && !(most >= least && most <= MaxSeconds))
        {
            Report("BackoffMaxSeconds", most, $"at least the base ({Show(least)}) and at most 604800 (7 days)");
        }
        else if (last is null && least > DefaultMax)
        {
            Report("BackoffBaseSeconds", least, "at most 3600 unless BackoffMaxSeconds is set as well");
        }
    }

    private void Report(string name, double value, string rule) => problems.Add(Descriptors.InvalidBackoff, values.PlaceOf(name), name, Show(value), rule);

    private static string Show(double value) => value.ToString(CultureInfo.InvariantCulture);
}
