// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Checkpoints of one append-only log, kept where whoever runs the log can't change them.
/// @notice What it proves: a quorum of the log's witnesses signed each stored root for this origin, this chain and this
/// contract, and each is that of a log that only grew since the one stored before. It does not know what the entries say.
interface ICheckpointAnchor {
    /// @notice An ECDSA signature in the short form of EIP-2098. The contract takes one form of each only: `s` in the
    /// lower half of the order (EIP-2).
    struct Signature {
        bytes32 r;
        /// The parity of `y` in the highest bit, `s` in the others.
        bytes32 vs;
    }

    /// @notice A checkpoint was stored.
    event Anchored(uint64 indexed size, bytes32 root);

    /// @notice A quorum of the witnesses wants another set; it may be put in force from `effectiveFrom` on (seconds).
    event WitnessesProposed(uint64 indexed number, address[] witnesses, uint64 quorum, uint64 effectiveFrom);

    /// @notice Another set of witnesses is in force.
    event WitnessesChanged(uint64 indexed number, address[] witnesses, uint64 quorum);

    /// @notice The witnesses stand behind two logs: both roots are of one size. Nothing is stored any more. The evidence
    /// can be checked by anyone; a root that was anchored here comes without signatures.
    event Frozen(
        uint64 indexed size, bytes32 rootA, Signature[] signaturesA, bytes32 rootB, Signature[] signaturesB
    );

    /// @notice The witnesses signed two roots of one size; the contract stores nothing more.
    error CheckpointAnchorFrozen();
    /// @notice A checkpoint must be larger than the last; this one is at most `latestSize`.
    error CheckpointAnchorSizeNotGrowing(uint64 latestSize);
    /// @notice No log has a root of zeros.
    error CheckpointAnchorZeroRoot();
    /// @notice The proof doesn't show that the log only grew since the last checkpoint.
    error CheckpointAnchorInconsistent();
    /// @notice The signature at `position` is malformed, or the other form of one (EIP-2).
    error CheckpointAnchorSignatureInvalid(uint256 position);
    /// @notice Signatures come in ascending order of their signers, each once; `signer` is not above the one before.
    error CheckpointAnchorSignersNotAscending(address signer);
    /// @notice `signer` is no witness. A signature over other words than these recovers such an address too: of another
    /// chain, contract, origin, size or root.
    error CheckpointAnchorNotAWitness(address signer);
    /// @notice So many signatures are needed.
    error CheckpointAnchorQuorumMissing(uint256 quorum);
    /// @notice Nothing is stored for this size.
    error CheckpointAnchorSizeUnknown(uint64 size);
    /// @notice What was shown is no contradiction.
    error CheckpointAnchorNoFork();
    /// @notice The next set of witnesses to be proposed has this number.
    error CheckpointAnchorNumberWrong(uint64 next);
    /// @notice Witnesses come in ascending order, each once, and none is the zero address.
    error CheckpointAnchorWitnessesNotAscending();
    /// @notice A set has 1 to 64 witnesses, and a quorum of 1 to all of them.
    error CheckpointAnchorQuorumOutOfBounds();
    /// @notice The origin says nothing.
    error CheckpointAnchorOriginEmpty();
    /// @notice A change must wait at least a day.
    error CheckpointAnchorDelayTooShort();
    /// @notice A change must not wait longer than 90 days.
    error CheckpointAnchorDelayTooLong();
    /// @notice No set of witnesses waits to come into force, or not until `effectiveFrom` (0: none).
    error CheckpointAnchorNothingDue(uint64 effectiveFrom);

    /// @notice Stores a checkpoint. Anyone may; the signatures make it true.
    /// @param size How many entries the log has; more than at the last checkpoint.
    /// @param root RFC 6962 root of the log at `size`.
    /// @param proof RFC 9162 consistency proof from the last checkpoint; empty for the first.
    /// @param signatures EIP-712 signatures of `Checkpoint(string origin,uint64 size,bytes32 root)` by a quorum of the
    /// witnesses, in ascending order of their addresses.
    function anchor(uint64 size, bytes32 root, bytes32[] calldata proof, Signature[] calldata signatures) external;

    /// @notice Ends anchoring for good, with two roots of one size that a quorum signed each: of the set in force. What an
    /// earlier set signed freezes nothing after a change, so evidence of a fork is to be brought before
    /// `changeWitnesses`.
    function freezeByFork(
        uint64 size,
        bytes32 rootA,
        Signature[] calldata signaturesA,
        bytes32 rootB,
        Signature[] calldata signaturesB
    ) external;

    /// @notice Ends anchoring for good, with a root that a quorum of the set in force signed for a size anchored
    /// with another root.
    function freezeByAnchored(uint64 size, bytes32 root, Signature[] calldata signatures) external;

    /// @notice Proposes another set of witnesses, in the place of one that waits.
    /// @param number One more than the last ever proposed; the first set has number 1.
    /// @param signatures EIP-712 signatures of
    /// `WitnessChange(string origin,uint64 number,address[] witnesses,uint64 quorum)` by a quorum of the set in force.
    function proposeWitnesses(
        uint64 number,
        address[] calldata witnesses,
        uint64 quorum,
        Signature[] calldata signatures
    ) external;

    /// @notice Puts the proposed set in force, once its time has come. Anyone may.
    function changeWitnesses() external;

    /// @notice The root stored for `size`, or zero. It stays for good.
    function rootAt(uint64 size) external view returns (bytes32);

    /// @notice The last checkpoint; zeros before the first.
    function latest() external view returns (uint64 size, bytes32 root);

    /// @notice Whether `leafHash` is entry `index` of the log that is anchored at `size`. Reverts where nothing is.
    /// @param leafHash SHA-256(0x00 ‖ entry).
    /// @param proof RFC 9162 inclusion proof.
    function verifyInclusion(uint64 size, uint64 index, bytes32 leafHash, bytes32[] calldata proof)
        external
        view
        returns (bool);

    /// @notice The first line of the log's checkpoints.
    function origin() external view returns (string memory);

    /// @notice Whether the witnesses were seen to stand behind two logs.
    function frozen() external view returns (bool);

    /// @notice The set in force: its number, its members in ascending order, and how many make a quorum.
    function witnessSet() external view returns (uint64 number, address[] memory witnesses, uint64 quorum);

    /// @notice The set that waits, and from when on it may be put in force (seconds); zeros where none does.
    function proposedSet()
        external
        view
        returns (uint64 number, address[] memory witnesses, uint64 quorum, uint64 effectiveFrom);

    /// @notice The number that the last set proposed has; 1 before the first proposal.
    function lastNumber() external view returns (uint64);

    /// @notice How long a proposed set waits, in seconds.
    function changeDelay() external view returns (uint64);
}
