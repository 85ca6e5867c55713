using System.Globalization;

namespace JobQueue.SourceGeneration.Rules;

/// <summary>Writes a number of seconds as a <c>TimeSpan</c>.</summary>
internal static class Durations
{
    public static string OfSeconds(double seconds)
        => $"global::System.TimeSpan.FromSeconds({(seconds % 1 == 0 ? seconds.ToString("F0", CultureInfo.InvariantCulture) : Literals.Of(seconds))})";
}
