using FsCheck;
using FsCheck.Fluent;

namespace JobQueue.Chaos.Tests.Sequences;

/// <summary>Draws sequences of steps, and makes smaller ones of one that fails.</summary>
internal static class Steps
{
    /// <summary>Few, so that steps meet: most of them are about a job that an earlier one has brought somewhere.</summary>
    private const int Jobs = 5;

    public static Arbitrary<Step[]> Sequences(int longest) => Arb.From(
        from length in Gen.Choose(longest / 2, longest)
        from steps in Gen.ArrayOf(Drawn, length)
        select Begun(steps),
        Smaller);

    public static string Write(IEnumerable<Step> steps) => string.Join("; ", steps);

    public static Step[] Read(string text) => [.. text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Step.Parse)];

    private static Gen<Step> Drawn =>
        from verb in Weighted(
            (5, Verb.Enqueue), (3, Verb.Cancel), (2, Verb.Delete), (3, Verb.RunNow), (2, Verb.Copy), (2, Verb.RetryDead), (1, Verb.DeleteDead),
            (1, Verb.RetryAllDead), (3, Verb.Release), (3, Verb.Pause), (2, Verb.Resume), (1, Verb.Purge), (1, Verb.Restart), (1, Verb.Nothing))
        from job in Gen.Choose(1, Jobs)
        from target in Gen.Choose(1, Jobs)
        from queue in Gen.Elements("a", "b")
        from plan in Gen.Elements("s", "h", "f", "fs", "fh", "x", "fx", "z")
        from retries in Gen.Choose(0, 2)
        from later in Weighted((3, false), (1, true))
        from priority in Gen.Elements(JobPriority.Low, JobPriority.Normal, JobPriority.Critical)
        from fault in Weighted((12, Fault.None), (1, Fault.Cut), (1, Fault.Flush), (1, Fault.Lose))
        select new Step(verb)
        {
            Job = job,
            Target = target,
            Queue = queue,
            Plan = plan,
            Retries = retries,
            Later = later,
            Priority = priority,
            Fault = Suits(verb, fault) ? fault : Fault.None,
        };

    /// <summary>The first steps enqueue, or many would be about jobs that do not exist.</summary>
    private static Step[] Begun(Step[] steps)
        => [.. steps.Select(static (step, at) => at < Jobs - 2 ? step with { Verb = Verb.Enqueue, Job = at + 1, Fault = Fault.None } : step)];

    /// <summary>While a lost worker's jobs wait for a moment these may take them, or not: a step has one outcome.</summary>
    private static bool Suits(Verb verb, Fault fault) => fault != Fault.Lose || verb is not (Verb.Delete or Verb.Pause or Verb.Purge or Verb.Restart);

    /// <summary>Without a part, from halves down to single steps; then without a fault.</summary>
    private static IEnumerable<Step[]> Smaller(Step[] steps)
    {
        for (var part = steps.Length / 2; part > 0; part /= 2)
        {
            for (var at = steps.Length - part; at >= 0; at -= part)
            {
                yield return [.. steps[..at], .. steps[(at + part)..]];
            }
        }

        for (var at = 0; at < steps.Length; at++)
        {
            if (steps[at].Fault != Fault.None)
            {
                yield return [.. steps[..at], steps[at] with { Fault = Fault.None }, .. steps[(at + 1)..]];
            }
        }
    }

    private static Gen<T> Weighted<T>(params (int Weight, T Value)[] values) => Gen.Frequency(values.Select(static value => (value.Weight, Gen.Constant(value.Value))));
}
