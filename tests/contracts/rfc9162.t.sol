// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NaiveTree} from "./naive-tree.sol";
import {Rfc9162} from "../../contracts/Rfc9162.sol";
import {Rfc9162Verifier} from "./rfc9162-verifier.sol";
import {vm} from "./vm.sol";

contract Rfc9162Test {
    using NaiveTree for bytes32[];

    uint256 private constant SIZE_MAX = 70;
    Rfc9162Verifier private immutable verifier = new Rfc9162Verifier();

    function testFuzz_everyEntryIsProvenInEveryTree(uint256 size, uint256 index, bytes32 salt) public view {
        size = 1 + size % SIZE_MAX;
        index %= size;
        bytes32[] memory leaves = NaiveTree.makeLeaves(size, salt);
        bytes32[] memory proof = leaves.inclusionProof(index, size);
        require(verifier.verifyInclusion(proof, index, size, leaves[index], leaves.rootOf(size)));
    }

    function testFuzz_aProofOfAnotherPlaceSizeEntryRootOrLengthIsRefused(uint256 size, uint256 index, bytes32 salt)
        public
        view
    {
        size = 2 + size % SIZE_MAX;
        index %= size;
        bytes32[] memory leaves = NaiveTree.makeLeaves(size, salt);
        bytes32[] memory proof = leaves.inclusionProof(index, size);
        bytes32 root = leaves.rootOf(size);
        bytes32 leaf = leaves[index];
        for (uint256 other = 0; other < size + 2; ++other) {
            require(other == index || !verifier.verifyInclusion(proof, other, size, leaf, root), "index");
        }
        require(!verifier.verifyInclusion(proof, index, index, leaf, root), "size");
        require(!verifier.verifyInclusion(proof, index, size, salt, root), "leaf");
        require(!verifier.verifyInclusion(proof, index, size, leaf, salt), "root");
        require(!verifier.verifyInclusion(longer(proof, root), index, size, leaf, root), "long");
        require(!verifier.verifyInclusion(shorter(proof), index, size, leaf, root), "short");
        for (uint256 i = 0; i < proof.length; ++i) {
            proof[i] ^= bytes32(uint256(1) << (uint256(salt) % 256));
            require(!verifier.verifyInclusion(proof, index, size, leaf, root), "bit");
            proof[i] ^= bytes32(uint256(1) << (uint256(salt) % 256));
        }
    }

    function testFuzz_everyTreeIsProvenToHaveOnlyGrown(uint256 older, uint256 size, bytes32 salt) public view {
        size = 1 + size % SIZE_MAX;
        older = 1 + older % size;
        bytes32[] memory leaves = NaiveTree.makeLeaves(size, salt);
        bytes32[] memory proof = leaves.consistencyProof(older, size);
        require(verifier.verifyConsistency(proof, older, leaves.rootOf(older), size, leaves.rootOf(size)));
    }

    function testFuzz_aTreeThatChangedIsNotProvenToHaveGrown(uint256 older, uint256 size, bytes32 salt) public view {
        size = 2 + size % SIZE_MAX;
        older = 1 + older % (size - 1);
        bytes32[] memory leaves = NaiveTree.makeLeaves(size, salt);
        bytes32[] memory proof = leaves.consistencyProof(older, size);
        bytes32 oldRoot = leaves.rootOf(older);
        bytes32 newRoot = leaves.rootOf(size);
        require(!verifier.verifyConsistency(proof, older, salt, size, newRoot), "old root");
        require(!verifier.verifyConsistency(proof, older, oldRoot, size, salt), "new root");
        require(!verifier.verifyConsistency(proof, size, newRoot, older, oldRoot), "backwards");
        require(!verifier.verifyConsistency(proof, 0, oldRoot, size, newRoot), "from nothing");
        require(!verifier.verifyConsistency(proof, size, newRoot, size, newRoot), "itself with a proof");
        require(!verifier.verifyConsistency(longer(proof, newRoot), older, oldRoot, size, newRoot), "long");
        require(!verifier.verifyConsistency(shorter(proof), older, oldRoot, size, newRoot), "short");
        require(!verifier.verifyConsistency(new bytes32[](0), older, oldRoot, size, newRoot), "empty");
        // Another past, of the same size.
        leaves[uint256(salt) % older] = salt;
        require(!verifier.verifyConsistency(proof, older, leaves.rootOf(older), size, newRoot), "another past");
        require(!verifier.verifyConsistency(proof, older, oldRoot, size, leaves.rootOf(size)), "rewritten past");
    }

    function testFuzz_whateverIsNotAProofIsRefusedWithoutAFault(
        bytes32[] calldata proof,
        uint256 index,
        uint256 size,
        bytes32 hash,
        bytes32 root
    ) public view {
        bool isOneLeaf = proof.length == 0 && index == 0 && size == 1 && hash == root;
        require(isOneLeaf || !verifier.verifyInclusion(proof, index, size, hash, root));
        bool isItself = proof.length == 0 && index == size && hash == root;
        require(isItself || !verifier.verifyConsistency(proof, index, hash, size, root));
    }

    function test_aTreeIsConsistentWithItself() public view {
        bytes32[] memory none = new bytes32[](0);
        require(verifier.verifyConsistency(none, 7, bytes32(uint256(1)), 7, bytes32(uint256(1))));
        require(!verifier.verifyConsistency(none, 7, bytes32(uint256(1)), 7, bytes32(uint256(2))));
    }

    function test_aProofThatHoldsNothingButTheOldRootIsRefused() public view {
        bytes32[] memory leaves = NaiveTree.makeLeaves(4, "salt");
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = leaves[2];
        require(!verifier.verifyConsistency(proof, 3, leaves.rootOf(3), 4, leaves.rootOf(4)));
    }

    function test_aChainWithoutSha256ProvesNothing() public {
        bytes32[] memory leaves = NaiveTree.makeLeaves(2, "salt");
        bytes32[] memory proof = leaves.inclusionProof(0, 2);
        bytes32 root = leaves.rootOf(2);
        vm.mockCall(address(2), "", "");
        vm.expectRevert(abi.encodeWithSelector(Rfc9162.Rfc9162NoSha256.selector));
        verifier.verifyInclusion(proof, 0, 2, leaves[0], root);
        vm.clearMockedCalls();
        require(verifier.verifyInclusion(proof, 0, 2, leaves[0], root));
    }

    function longer(bytes32[] memory proof, bytes32 last) private pure returns (bytes32[] memory changed) {
        changed = new bytes32[](proof.length + 1);
        for (uint256 i = 0; i < proof.length; ++i) changed[i] = proof[i];
        changed[proof.length] = last;
    }

    function shorter(bytes32[] memory proof) private pure returns (bytes32[] memory changed) {
        changed = new bytes32[](proof.length - 1);
        for (uint256 i = 0; i < changed.length; ++i) changed[i] = proof[i];
    }
}
