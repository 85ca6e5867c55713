using System.Globalization;

namespace JobQueue.Chaos.Tests.Sequences;

/// <summary>What one step of a sequence does.</summary>
internal enum Verb
{
    Enqueue,
    Cancel,
    Delete,
    RunNow,
    Copy,
    RetryDead,
    DeleteDead,
    RetryAllDead,

    /// <summary>Lets a handler end that is held.</summary>
    Release,
    Pause,
    Resume,
    Purge,

    /// <summary>Stops the host in good order, with handlers that run, and starts another.</summary>
    Restart,
    Nothing,
}

/// <summary>What goes wrong while a step is under way.</summary>
internal enum Fault
{
    None,

    /// <summary>The server ends every connection.</summary>
    Cut,

    /// <summary>The server forgets every script.</summary>
    Flush,

    /// <summary>The worker is declared lost, so that it loses its leases with handlers running under them.</summary>
    Lose,
}

/// <summary>One step. Its text is read back by <see cref="Parse"/>.</summary>
internal sealed record Step(Verb Verb)
{
    /// <summary>The number of a job. Its id follows from it.</summary>
    public int Job { get; init; }

    /// <summary>The number of the job that a copy becomes.</summary>
    public int Target { get; init; }

    public string Queue { get; init; } = "a";

    /// <summary>
    /// How the attempts of a round end, the last for all that follow: s it succeeds, f it fails, x it is discarded, z it puts itself off,
    /// h it is held until it is released, and then succeeds.
    /// </summary>
    public string Plan { get; init; } = "s";

    public int Retries { get; init; }

    /// <summary>Whether it is enqueued for later.</summary>
    public bool Later { get; init; }

    public JobPriority Priority { get; init; } = JobPriority.Normal;

    public Fault Fault { get; init; }

    public static Step Parse(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var values = words[1..].Select(static word => word.Split('=')).ToDictionary(static pair => pair[0], static pair => pair[1]);
        return new Step(Enum.Parse<Verb>(words[0]))
        {
            Job = Number("job"),
            Target = Number("target"),
            Queue = values.GetValueOrDefault("queue", "a"),
            Plan = values.GetValueOrDefault("plan", "s"),
            Retries = Number("retries"),
            Later = values.ContainsKey("later"),
            Priority = Enum.Parse<JobPriority>(values.GetValueOrDefault("priority", nameof(JobPriority.Normal))),
            Fault = Enum.Parse<Fault>(values.GetValueOrDefault("fault", nameof(Fault.None))),
        };

        int Number(string name) => int.Parse(values.GetValueOrDefault(name, "0"), CultureInfo.InvariantCulture);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Verb}{Arguments()}{(Fault == Fault.None ? "" : $" fault={Fault}")}");

    private string Arguments() => Verb switch
    {
        Verb.Enqueue => string.Create(CultureInfo.InvariantCulture, $" job={Job} queue={Queue} plan={Plan} retries={Retries} priority={Priority}{(Later ? " later=1" : "")}"),
        Verb.Copy => string.Create(CultureInfo.InvariantCulture, $" job={Job} target={Target}"),
        Verb.Pause or Verb.Resume or Verb.Purge => " queue=" + Queue,
        Verb.RetryAllDead or Verb.Restart or Verb.Nothing => "",
        _ => string.Create(CultureInfo.InvariantCulture, $" job={Job}"),
    };
}
