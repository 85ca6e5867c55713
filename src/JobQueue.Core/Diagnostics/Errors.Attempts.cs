namespace JobQueue.Diagnostics;

/// <content>JQ105x: what a running handler asks of its <see cref="JobContext"/>.</content>
internal static partial class Errors
{
    public static InvalidJobException ProgressOutOfRange(double fraction) => new(
        "JQ1050",
        $"The progress {Fraction(fraction)} is not allowed: it must be from 0 (nothing is done) to 1 (all is). Divide what is done by what there is to do.",
        nameof(fraction));

    public static JobQueueException InvalidStepName(string? step) => new NonRetryableJobException(
        "JQ1051",
        $"The step name '{Names.Shorten(step)}' is not valid. A name is {Names.Rule}.");

    public static JobQueueException TooManySteps(JobId id, string step, int limit) => new NonRetryableJobException(
        "JQ1052",
        $"Step '{step}' of job {id} was not run: a job has at most {Number(limit)} steps. Let a step do more, or enqueue a job for each part.");

    public static JobQueueException StepResultTooLarge(JobId id, string step, long bytes, int limit) => new NonRetryableJobException(
        "JQ1053",
        $"Step '{step}' of job {id} has run, but its result of {Number(bytes)} bytes of JSON was not kept: at most {Number(limit)} are allowed. The job is not tried again, because that would repeat the step. Let the step store what it made elsewhere and return a reference to it.");

    public static JobQueueException StepNotSerialisable(JobId id, string step, Type type, Exception cause) => new NonRetryableJobException(
        "JQ1054",
        $"The result of step '{step}' of job {id} ({type}) can't be written as JSON: {FirstLine(cause)} Return a type that System.Text.Json can serialise with JobQueueOptions.SerializerOptions, or none.",
        cause);

    public static JobQueueException StepResultUnreadable(JobId id, string step, Type type, Exception cause) => new NonRetryableJobException(
        "JQ1055",
        $"The stored result of step '{step}' of job {id} can't be read as {type}: {FirstLine(cause)} The step was done by an earlier attempt, maybe with another version of the code. Read the type that it was stored as, or give a step that does something else another name.",
        cause);

    public static OperationCanceledException StepNotStored(JobId id, string step, Exception cause) => new(
        $"JQ1056: Step '{step}' of job {id} has run, but Redis did not take its result before the attempt was asked to stop: {FirstLine(cause)} The next attempt runs it again.",
        cause);

    public static OperationCanceledException StepsNotRead(JobId id, Exception cause) => new(
        $"JQ1057: The steps of job {id} could not be read before the attempt was asked to stop, and none was run: {FirstLine(cause)}",
        cause);

    public static OperationCanceledException LeaseLost(JobId id) => new(
        $"JQ1058: This attempt no longer holds job {id}, which may run elsewhere: its steps are not done and not stored any more. Stop working on it.");

    public static InvalidOperationException NoAttempt() => new(
        "JQ1059: No attempt runs: progress, log lines and steps belong to a job while its handler runs. Use the JobContext that the handler was given, before it returns.");

    private static string Fraction(double value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
