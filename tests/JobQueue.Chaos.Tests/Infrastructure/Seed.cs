using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace JobQueue.Chaos.Tests.Infrastructure;

/// <summary>
/// One number decides everything that a run draws: <c>JOBQUEUE_CHAOS_SEED</c>, by default another one each time. The same seed draws
/// the same moments, victims and durations, for each test by itself; what the machine does in between it does not decide.
/// </summary>
internal static class Seed
{
    public const string Variable = "JOBQUEUE_CHAOS_SEED";

    public static int Current { get; } = Read(Environment.GetEnvironmentVariable(Variable));

    /// <summary>The numbers of one test; those of another do not change them.</summary>
    public static Random For(string test)
        => new(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Current} {test}")))));

    /// <summary>How to draw the same again.</summary>
    public static string HowToRepeat(string test) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Variable}={Current} {ChaosForm.Variable}={ChaosForm.Current.Name} dotnet test tests/JobQueue.Chaos.Tests --filter \"FullyQualifiedName~{test}\"");

    private static int Read(string? value)
        => string.IsNullOrEmpty(value) ? RandomNumberGenerator.GetInt32(int.MaxValue)
            : int.TryParse(value, CultureInfo.InvariantCulture, out var seed) ? seed
            : throw new InvalidOperationException($"{Variable} is '{value}': give a whole number, or unset it to draw one.");
}
