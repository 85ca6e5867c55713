using System.Globalization;

namespace JobQueue.Diagnostics;

/// <content>JQ1116 and JQ2011: writes that replicas must have.</content>
internal static partial class Errors
{
    public static JobQueueUnavailableException NotOnReplicas(string operation, TooFewReplicasException cause, IReadOnlyList<JobId> ids) => new(
        "JQ1116",
        (ids.Count == 0 ? $"The call '{operation}' was carried out" : $"{Number(ids.Count)} job(s) are stored (first: {ids[0]})")
        + string.Create(
            CultureInfo.InvariantCulture,
            $" at the master, but {cause.Found} of its replicas said within {cause.Waited.TotalSeconds:0.0} s that they have it, and JobQueueOptions.ReplicasToAcknowledge asks for {cause.Wanted}. ")
        + (ids.Count == 0
            ? "It stands unless the master fails before a replica has it: look, or call again"
            : "They run unless the master fails before a replica has them: enqueue them again under the same ids (EnqueueOptions.Id), which is safe and waits again")
        + ". Bring the replicas back, or ask for fewer.",
        cause,
        ids,
        mayHaveBeenEnqueued: ids.Count > 0);

    public static JobQueueException WaitNotSupported(int replicas, Exception cause) => new(
        "JQ2011",
        $"JobQueueOptions.ReplicasToAcknowledge is {Number(replicas)}, and the server can't wait for replicas: {FirstLine(cause)} Garnet has no WAIT. Use Redis or Valkey, allow the user WAIT and CLIENT, or set ReplicasToAcknowledge to 0.",
        cause);
}
